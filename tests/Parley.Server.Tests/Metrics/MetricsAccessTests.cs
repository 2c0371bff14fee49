using System.Net;

namespace Parley.Server.Tests.Metrics;

public sealed class MetricsAccessTests
{
    [Theory]
    [InlineData("X-API-Key", MetricsServer.MetricsKey)]
    [InlineData("X-API-Key", MetricsServer.ApiKey)]
    [InlineData("Authorization", $"Bearer {MetricsServer.MetricsKey}")]
    [InlineData("Authorization", $"bearer {MetricsServer.ApiKey}")]
    [InlineData("Authorization", $"apikey {MetricsServer.MetricsKey}")]
    public async Task A_key_for_metrics_or_of_the_api_opens_them(string header, string value)
    {
        await using var server = await MetricsServer.StartAsync();

        using var response = await server.GetAsync("/metrics", header, value);

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal("text/plain; version=0.0.4; charset=utf-8", response.Content.Headers.ContentType?.ToString());
        Assert.Contains("parley_sessions", await response.Content.ReadAsStringAsync());
    }

    [Theory]
    [InlineData(null, null)]
    [InlineData("X-API-Key", "")]
    [InlineData("X-API-Key", "not-a-key-of-this-server")]
    [InlineData("Authorization", "Bearer")]
    [InlineData("Authorization", $"Basic {MetricsServer.MetricsKey}")]
    [InlineData("X-Forwarded-For", "127.0.0.1")]
    public async Task A_stranger_is_told_how_to_authenticate_also_on_this_machine(string? header, string? value)
    {
        await using var server = await MetricsServer.StartAsync();

        using var response = await server.GetAsync($"/metrics?api_key={MetricsServer.MetricsKey}", header, value);

        Assert.Equal(HttpStatusCode.Unauthorized, response.StatusCode);
        Assert.Equal(["Bearer", "apikey"], response.Headers.WwwAuthenticate.Select(static challenge => challenge.Scheme));
        Assert.True(response.Headers.CacheControl?.NoStore);
        Assert.Equal("application/problem+json", response.Content.Headers.ContentType?.MediaType);
        Assert.DoesNotContain("parley_", await response.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task A_key_for_metrics_opens_nothing_else()
    {
        await using var server = await MetricsServer.StartAsync();
        using var publish = new HttpRequestMessage(HttpMethod.Post, "/api/info") { Content = new StringContent("{}"), Headers = { { "X-API-Key", MetricsServer.MetricsKey } } };

        using var api = await server.Client.SendAsync(publish);
        using var webhooks = await server.GetAsync("/api/webhooks/applications", "X-API-Key", MetricsServer.MetricsKey);

        Assert.Equal((HttpStatusCode.Unauthorized, HttpStatusCode.Unauthorized), (api.StatusCode, webhooks.StatusCode));
    }

    [Fact]
    public async Task They_can_be_opened_to_everybody()
    {
        await using var server = await MetricsServer.StartAsync(("Parley:Metrics:AllowAnonymous", "true"));

        Assert.Contains("parley_sessions", await server.Client.GetStringAsync("/metrics"));
    }

    [Fact]
    public async Task They_can_be_left_out()
    {
        await using var server = await MetricsServer.StartAsync(("Parley:Metrics:Enabled", "false"));

        using var response = await server.GetAsync("/metrics", "X-API-Key", MetricsServer.MetricsKey);

        Assert.Equal(HttpStatusCode.NotFound, response.StatusCode);
    }

    [Fact]
    public async Task They_are_read_only()
    {
        await using var server = await MetricsServer.StartAsync();

        using var response = await server.Client.PostAsync("/metrics", null);

        Assert.Equal(HttpStatusCode.MethodNotAllowed, response.StatusCode);
    }
}
