using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Parley.AspNetCore.Authentication;
using Parley.AspNetCore.Tests.Authentication;
using Parley.Authentication;
using Parley.Channels;

namespace Parley.AspNetCore.Tests.Api;

/// <summary>The API as <c>AddParley</c> wires it, over the engine itself.</summary>
public sealed class ApiOverEngineTests : IAsyncLifetime
{
    private WebApplication _application = null!;
    private HttpClient _client = null!;

    public async ValueTask InitializeAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Services.AddParley(options =>
        {
            options.Api.Keys = [ApiHost.Key];
            options.Tokens.HmacSecret = Jwt.Secret;
            options.Channels.Namespaces["kept"] = new ChannelOptions { HistorySize = 10, HistoryTtl = TimeSpan.FromMinutes(1), Presence = true };
        });
        _application = builder.Build();
        _application.MapParleyApi();
        await _application.StartAsync();
        _client = new HttpClient { BaseAddress = new Uri(_application.Urls.Single()) };
        _client.DefaultRequestHeaders.Add("X-API-Key", ApiHost.Key);
    }

    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        await _application.DisposeAsync();
    }

    [Fact]
    public async Task What_was_published_is_in_the_history_until_it_is_removed()
    {
        var first = await CallAsync("publish", """{"channel":"kept:a","data":{ "n":1 },"tags":{"t":"x"}}""");
        var second = await CallAsync("broadcast", """{"channels":["kept:a","unknown:a","kept:b"],"data":2}""");

        var epoch = first["result"]!["epoch"]!.GetValue<string>();
        Assert.Equal(1, first["result"]!["offset"]!.GetValue<int>());
        Assert.Equal([2, null, 1], second["result"]!["responses"]!.AsArray().Select(response => response!["result"]?["offset"]!.GetValue<int>()));
        Assert.Equal(102, second["result"]!["responses"]![1]!["error"]!["code"]!.GetValue<int>());
        Assert.Equal(
            $$$"""{"result":{"publications":[{"data":{"n":1},"offset":1,"tags":{"t":"x"}},{"data":2,"offset":2}],"epoch":"{{{epoch}}}","offset":2}}""",
            (await CallAsync("history", """{"channel":"kept:a","limit":-1}""")).ToJsonString());

        Assert.Equal("""{"result":{}}""", (await CallAsync("history_remove", """{"channel":"kept:a"}""")).ToJsonString());
        Assert.Equal(
            $$$"""{"result":{"publications":[],"epoch":"{{{epoch}}}","offset":2}}""",
            (await CallAsync("history", """{"channel":"kept:a","limit":-1}""")).ToJsonString());
    }

    [Theory]
    [InlineData("publish", """{"channel":"unknown:a","data":1}""", 102)]
    [InlineData("publish", """{"channel":"tab\there","data":1}""", 107)]
    [InlineData("history", """{"channel":"a"}""", 108)]
    [InlineData("history", """{"channel":"kept:c","since":{"offset":5,"epoch":"other"},"limit":1}""", 112)]
    [InlineData("history", """{"channel":"kept:c","since":{"offset":0,"epoch":""},"limit":1,"reverse":true}""", 107)]
    [InlineData("presence", """{"channel":"a"}""", 108)]
    [InlineData("presence_stats", """{"channel":"a"}""", 108)]
    [InlineData("subscribe", """{"user":"42","channel":"unknown:a"}""", 102)]
    [InlineData("subscribe", """{"user":"42","channel":"kept:a","expire_at":1}""", 110)]
    public async Task A_refusal_of_the_engine_reaches_the_caller(string method, string request, int code)
    {
        Assert.Equal(code, (await CallAsync(method, request))["error"]!["code"]!.GetValue<int>());
    }

    [Fact]
    public async Task Calls_about_sessions_that_are_not_there_succeed()
    {
        foreach (var method in (string[])["unsubscribe", "disconnect", "refresh"])
            Assert.Equal("""{"result":{}}""", (await CallAsync(method, """{"user":"42"}""")).ToJsonString());
        Assert.Equal("""{"result":{}}""", (await CallAsync("subscribe", """{"user":"42","channel":"kept:a"}""")).ToJsonString());
        Assert.Equal("""{"result":{"channels":{}}}""", (await CallAsync("channels", "{}")).ToJsonString());
        Assert.Equal("""{"result":{"presence":{}}}""", (await CallAsync("presence", """{"channel":"kept:a"}""")).ToJsonString());
        Assert.Equal(0, (await CallAsync("info", "{}"))["result"]!["nodes"]![0]!["num_clients"]!.GetValue<int>());
    }

    [Fact]
    public async Task The_issuer_of_the_services_makes_tokens_that_the_verifier_of_the_services_takes()
    {
        var token = _application.Services.GetRequiredService<TokenIssuer>().CreateConnectionToken("42", TimeSpan.FromMinutes(1));

        var result = await _application.Services.GetRequiredService<ITokenVerifier>().VerifyConnectionAsync(token);

        Assert.Equal((TokenStatus.Valid, "42"), (result.Status, result.Token?.User));
    }

    private async Task<JsonNode> CallAsync(string method, string request)
    {
        using var response = await _client.PostAsync("/api/" + method, new StringContent(request));
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        return (await response.Content.ReadFromJsonAsync<JsonNode>())!;
    }
}
