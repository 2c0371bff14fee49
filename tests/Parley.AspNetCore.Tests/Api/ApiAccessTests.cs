using System.Net;
using Microsoft.Extensions.Logging;

namespace Parley.AspNetCore.Tests.Api;

public sealed class ApiAccessTests
{
    private static readonly byte[] Body = "{}"u8.ToArray();

    [Theory]
    [InlineData("X-API-Key", ApiHost.Key)]
    [InlineData("X-API-Key", ApiHost.OtherKey)]
    [InlineData("x-api-key", ApiHost.Key)]
    [InlineData("Authorization", "apikey " + ApiHost.Key)]
    [InlineData("Authorization", "ApiKey " + ApiHost.OtherKey)]
    [InlineData("Authorization", "apikey  " + ApiHost.Key)]
    public async Task A_configured_key_opens_the_API(string header, string value)
    {
        await using var host = await ApiHost.StartAsync();

        using var response = await host.SendAsync("/api/info", Body, (header, value));

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
    }

    [Theory]
    [InlineData("X-API-Key", "wrong")]
    [InlineData("X-API-Key", "")]
    [InlineData("X-API-Key", ApiHost.Key + "x")]
    [InlineData("X-API-Key", "the-first-key-of-the-test")]
    [InlineData("X-API-Key", "THE-FIRST-KEY-OF-THE-TESTS")]
    [InlineData("X-API-Key", ApiHost.Key + "," + ApiHost.OtherKey)]
    [InlineData("Authorization", ApiHost.Key)]
    [InlineData("Authorization", "Bearer " + ApiHost.Key)]
    [InlineData("Authorization", "apikey")]
    [InlineData("Authorization", "apikey ")]
    [InlineData("Cookie", "X-API-Key=" + ApiHost.Key)]
    public async Task Anything_else_is_401_and_nothing_is_done(string header, string value)
    {
        await using var host = await ApiHost.StartAsync();

        foreach (var path in (string[])["/api/info", "/api", "/api/batch", "/api/no_such_method"])
        {
            using var response = await host.SendAsync(path, Body, (header, value));

            Assert.Equal(HttpStatusCode.Unauthorized, response.StatusCode);
            Assert.Equal("apikey", response.Headers.WwwAuthenticate.ToString());
            Assert.Equal(101u, ApiHost.ErrorCode(await response.Content.ReadAsStringAsync()));
        }

        Assert.Empty(host.Parley.Calls);
    }

    [Fact]
    public async Task Two_headers_with_a_key_are_no_key()
    {
        await using var host = await ApiHost.StartAsync();

        using var response = await host.SendAsync("/api/info", Body, ("X-API-Key", ApiHost.Key), ("X-API-Key", ApiHost.Key));

        Assert.Equal(HttpStatusCode.Unauthorized, response.StatusCode);
    }

    [Fact]
    public async Task A_key_in_the_URL_is_refused_even_beside_a_good_header()
    {
        await using var host = await ApiHost.StartAsync();

        using var alone = await host.SendAsync("/api/info?api_key=" + ApiHost.Key, Body);
        using var both = await host.SendAsync("/api/info?api_key=" + ApiHost.Key, Body, ("X-API-Key", ApiHost.Key));

        Assert.Equal(HttpStatusCode.Unauthorized, alone.StatusCode);
        Assert.Equal(HttpStatusCode.Unauthorized, both.StatusCode);
        Assert.Contains("URL", await both.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.Empty(host.Parley.Calls);
    }

    [Theory]
    [InlineData("Api:Insecure", "false")]
    [InlineData("Api:Keys:0", "")]
    public async Task Without_keys_every_call_is_401(string setting, string value)
    {
        await using var host = await ApiHost.StartAsync((setting, value));

        foreach (var key in (string[])[ApiHost.Key, "", " "])
        {
            using var response = await host.SendAsync("/api/info", Body, ("X-API-Key", key));
            Assert.Equal(HttpStatusCode.Unauthorized, response.StatusCode);
        }

        using var bare = await host.SendAsync("/api/info", Body);
        Assert.Equal(HttpStatusCode.Unauthorized, bare.StatusCode);
    }

    [Fact]
    public async Task A_reload_withdraws_a_key_at_once()
    {
        await using var host = await ApiHost.StartAsync();
        Assert.Equal(HttpStatusCode.OK, (await host.PostAsync("/api/info", "{}")).Status);

        host.Configuration["Parley:Api:Keys:0"] = "a-new-key-in-place-of-it";
        host.Configuration.Reload();

        Assert.Equal(HttpStatusCode.Unauthorized, (await host.PostAsync("/api/info", "{}")).Status);
        using var renewed = await host.SendAsync("/api/info", Body, ("X-API-Key", "a-new-key-in-place-of-it"));
        Assert.Equal(HttpStatusCode.OK, renewed.StatusCode);
        using var other = await host.SendAsync("/api/info", Body, ("X-API-Key", ApiHost.OtherKey));
        Assert.Equal(HttpStatusCode.OK, other.StatusCode);
    }

    [Theory]
    [InlineData("localhost", null, true)]
    [InlineData("LOCALHOST:8000", null, true)]
    [InlineData("127.0.0.1:8000", null, true)]
    [InlineData("[::1]:8000", null, true)]
    [InlineData("localhost:8000", "http://localhost:8000", true)]
    [InlineData("[::1]:8000", "http://[::1]:8000", true)]
    [InlineData("localhost:8000", "http://localhost:8001", false)]
    [InlineData("localhost:8000", "http://localhost", false)]
    [InlineData("localhost:8000", "http://127.0.0.1:8000", false)]
    [InlineData("localhost:8000", "https://evil.example", false)]
    [InlineData("localhost:8000", "http://localhost.evil.example:8000", false)]
    [InlineData("localhost:8000", "null", false)]
    [InlineData("localhost:8000", "", false)]
    [InlineData("localhost:8000", "file://", false)]
    [InlineData("evil.example", null, false)]
    [InlineData("evil.example:8000", "http://evil.example:8000", false)]
    [InlineData("localhost.evil.example", null, false)]
    [InlineData("127.0.0.1.nip.io", null, false)]
    [InlineData("10.0.0.1", null, false)]
    [InlineData("0.0.0.0", null, false)]
    public async Task Insecure_mode_answers_this_machine_and_its_own_pages_only(string hostHeader, string? origin, bool allowed)
    {
        await using var host = await ApiHost.StartAsync(("Api:Insecure", "true"));
        (string, string)[] headers = origin is null ? [("Host", hostHeader)] : [("Host", hostHeader), ("Origin", origin)];

        using var response = await host.SendAsync("/api/info", Body, headers);

        Assert.Equal(allowed ? HttpStatusCode.OK : HttpStatusCode.Forbidden, response.StatusCode);
        if (!allowed)
            Assert.Equal(103u, ApiHost.ErrorCode(await response.Content.ReadAsStringAsync()));
        Assert.Equal(allowed ? 1 : 0, host.Parley.Calls.Count);
    }

    [Theory]
    [InlineData("X-Forwarded-For")]
    [InlineData("Forwarded")]
    [InlineData("Via")]
    [InlineData("X-Real-IP")]
    public async Task Insecure_mode_does_not_answer_what_comes_through_a_proxy(string header)
    {
        await using var host = await ApiHost.StartAsync(("Api:Insecure", "true"));

        using var response = await host.SendAsync("/api/info", Body, ("Host", "localhost"), (header, "203.0.113.7"));

        Assert.Equal(HttpStatusCode.Forbidden, response.StatusCode);
    }

    [Fact]
    public async Task A_key_is_good_from_anywhere_in_insecure_mode_too()
    {
        await using var host = await ApiHost.StartAsync(("Api:Insecure", "true"), ("Api:Keys:0", ApiHost.Key));

        using var response = await host.SendAsync("/api/info", Body, ("X-API-Key", ApiHost.Key), ("Host", "parley.example"), ("Origin", "https://app.example"));

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
    }

    [Fact]
    public async Task A_refused_call_is_logged_as_a_warning_without_the_key_that_was_tried()
    {
        await using var host = await ApiHost.StartAsync();

        using var response = await host.SendAsync("/api/info", Body, ("X-API-Key", "canary-canary-canary"));
        using var url = await host.SendAsync("/api/info", Body, ("Authorization", "apikey canary-canary-canary"));

        Assert.Contains(host.Log.Entries, entry => entry.Level == LogLevel.Warning && entry.Text.Contains("127.0.0.1", StringComparison.Ordinal));
        Assert.DoesNotContain("canary", host.Log.AllText, StringComparison.Ordinal);
    }
}
