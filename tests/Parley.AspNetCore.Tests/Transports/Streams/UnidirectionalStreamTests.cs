using System.Net;
using System.Text;
using Parley.AspNetCore.Tests.Authentication;

namespace Parley.AspNetCore.Tests.Transports.Streams;

/// <summary>Streams of clients that send one request and then listen.</summary>
public sealed class UnidirectionalStreamTests
{
    private const string AskForChat = """{"subs":{"chat":{}}}""";

    [Theory]
    [InlineData("uni_http_stream")]
    [InlineData("uni_sse")]
    public async Task Client_GetsBarePushesOfTheChannelsItAskedFor(string transport)
    {
        await using var host = await StreamHost.StartAsync();
        using var client = await host.OpenAsync($"/connection/{transport}", AskForChat);

        var connect = (await client.NextAsync())!["connect"]!;
        Assert.NotEmpty(connect["client"]!.GetValue<string>());
        Assert.True(connect["subs"]!["chat"]!["recoverable"]!.GetValue<bool>());
        Assert.Null(connect["session"]);
        await host.Parley.PublishAsync("chat", Encoding.UTF8.GetBytes("1"));

        Assert.Equal("""{"channel":"chat","pub":{"data":1,"offset":1}}""", WithoutEpoch((await client.NextAsync())!.ToJsonString()));
    }

    [Fact]
    public async Task Client_IsPinged_AndOwesNoAnswer()
    {
        await using var host = await StreamHost.StartAsync();
        using var client = await host.OpenAsync("/connection/uni_sse");
        Assert.Equal(25, (await client.NextAsync())!["connect"]!["ping"]!.GetValue<int>());

        for (var i = 0; i < 3; i++)
        {
            host.LetPass(seconds: 25);
            Assert.Equal("{}", (await client.NextAsync())!.ToJsonString());
        }
    }

    [Theory]
    [InlineData("uni_http_stream")]
    [InlineData("uni_sse")]
    public async Task RefusedConnect_IsADisconnect(string transport)
    {
        await using var host = await StreamHost.StartAsync(static options => options.Tokens.HmacSecret = Jwt.Secret);
        var expired = Jwt.Sign("""{"sub":"ann","exp":1}""");
        using var client = await host.OpenAsync($"/connection/{transport}", $$"""{"token":"{{expired}}"}""");

        Assert.Equal("""{"disconnect":{"code":3005,"reason":"connection expired"}}""", (await client.NextAsync())!.ToJsonString());
        Assert.Null(await client.NextAsync());
    }

    [Fact]
    public async Task Nonsense_IsADisconnect()
    {
        await using var host = await StreamHost.StartAsync();
        using var client = await host.OpenAsync("/connection/uni_http_stream", "nonsense");

        Assert.Equal(HttpStatusCode.OK, client.Response.StatusCode);
        Assert.Equal(3501, (await client.NextAsync())!["disconnect"]!["code"]!.GetValue<int>());
        Assert.Null(await client.NextAsync());
    }

    [Fact]
    public async Task Client_ThatComesBackWithItsPosition_GetsWhatItMissed()
    {
        await using var host = await StreamHost.StartAsync();
        await host.Parley.PublishAsync("chat", Encoding.UTF8.GetBytes("1"));
        var epoch = (await host.Parley.GetHistoryAsync("chat")).Top.Epoch;
        await host.Parley.PublishAsync("chat", Encoding.UTF8.GetBytes("2"));

        using var client = await host.OpenAsync(
            "/connection/uni_http_stream", $$$$"""{"subs":{"chat":{"recover":true,"offset":1,"epoch":"{{{{epoch}}}}"}}}""");

        var chat = (await client.NextAsync())!["connect"]!["subs"]!["chat"]!;
        Assert.True(chat["recovered"]!.GetValue<bool>());
        Assert.Equal(2, chat["publications"]![0]!["data"]!.GetValue<int>());
    }

    private static string WithoutEpoch(string json) => System.Text.RegularExpressions.Regex.Replace(json, ",\"epoch\":\"[^\"]*\"", "");
}
