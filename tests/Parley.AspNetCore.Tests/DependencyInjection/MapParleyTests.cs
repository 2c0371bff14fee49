using System.Net;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Parley.AspNetCore.Tests.DependencyInjection;

public sealed class MapParleyTests
{
    [Fact]
    public async Task RequireAuthorization_WithCookies_AnswersAStrangerWith401AndNotWithALoginPage()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        builder.Services.AddAuthentication(CookieAuthenticationDefaults.AuthenticationScheme).AddCookie();
        builder.Services.AddAuthorization();
        builder.Services.AddParley();
        await using var app = builder.Build();
        app.UseAuthentication();
        app.UseAuthorization();
        app.MapParley().RequireAuthorization();
        await app.StartAsync();
        using var client = new HttpClient(new HttpClientHandler { AllowAutoRedirect = false });

        using var response = await client.GetAsync(new Uri(new Uri(app.Urls.First()), "/connection/websocket"));

        Assert.Equal(HttpStatusCode.Unauthorized, response.StatusCode);
        foreach (var path in new[] { "/connection/http_stream", "/connection/sse", "/connection/events", "/connection/long_poll", "/emulation" })
        {
            // Browsers ask without credentials whether a page may send them.
            using var question = new HttpRequestMessage(HttpMethod.Options, new Uri(new Uri(app.Urls.First()), path));
            using var preflight = await client.SendAsync(question);
            Assert.Equal(HttpStatusCode.NoContent, preflight.StatusCode);
        }
    }
}
