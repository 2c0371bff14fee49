using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Parley.Server.Hosting;

namespace Parley.Server.Tests.Hosting;

public sealed class ReverseProxiesTests
{
    [Theory]
    [InlineData("127.0.0.1", "https 203.0.113.9")]
    [InlineData("127.0.0.0/8", "https 203.0.113.9")]
    [InlineData("::ffff:127.0.0.1", "https 203.0.113.9")]
    [InlineData("10.0.0.5", "http 127.0.0.1")]
    [InlineData(null, "http 127.0.0.1")]
    public async Task Forwarded_headers_are_believed_from_declared_proxies_only(string? proxy, string expected)
        => Assert.Equal(expected, await AskAsync(proxy is null ? [] : [proxy], "203.0.113.9", "https"));

    [Fact]
    public async Task Behind_a_row_of_declared_proxies_the_first_undeclared_address_is_the_client()
        => Assert.Equal("https 203.0.113.9", await AskAsync(["127.0.0.1", "10.0.0.0/8"], "198.51.100.1, 203.0.113.9, 10.0.0.7", "http, https, http"));

    private static async Task<string> AskAsync(string[] proxies, string forwardedFor, string forwardedProto)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        await using var app = builder.Build();
        app.UseReverseProxies(proxies);
        app.MapGet("/", (HttpContext context) => $"{context.Request.Scheme} {context.Connection.RemoteIpAddress}");
        await app.StartAsync();
        using var client = new HttpClient { BaseAddress = new Uri(app.Urls.Single()) };
        client.DefaultRequestHeaders.Add("X-Forwarded-For", forwardedFor);
        client.DefaultRequestHeaders.Add("X-Forwarded-Proto", forwardedProto);
        return await client.GetStringAsync("/");
    }
}
