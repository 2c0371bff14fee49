using System.Net;
using Parley.Webhooks.Tests.Support;

namespace Parley.Webhooks.Tests.Outbound;

/// <summary>Endpoints that want messages by what they say.</summary>
public sealed class FilteredDeliveryTests(ApiHost host) : IClassFixture<ApiHost>
{
    [Fact]
    public async Task An_endpoint_gets_what_its_filter_wants_and_nothing_else()
    {
        await using var receiver = await Receiver.StartAsync();
        var application = await host.NewApplicationAsync();
        var made = await host.CallAsync("POST", $"applications/{application}/endpoints", $$"""
            {"uid":"large","url":"{{receiver.Url}}","filter":{"payload":{"amount":[{"numeric":[">",100]}]} } }
            """);
        Assert.Equal(HttpStatusCode.Created, made.Status);

        var small = await SendAsync(application, """{"amount":100}""");
        var large = await SendAsync(application, """{"amount":101}""");

        Assert.Equal(large, (await receiver.NextAsync()).Id);
        Assert.Equal(0, receiver.Waiting);
        Assert.Equal(0, (await host.CallAsync("GET", $"applications/{application}/messages/{small}/deliveries")).Body.GetProperty("data").GetArrayLength());
        Assert.Equal("""{"payload":{"amount":[{"numeric":[">",100]}]} }""", (await host.CallAsync("GET", $"applications/{application}/endpoints/large"))["filter"]);
    }

    [Fact]
    public async Task A_filter_can_be_changed_and_taken_away()
    {
        await using var receiver = await Receiver.StartAsync();
        var application = await host.NewApplicationAsync();
        await host.CallAsync("POST", $"applications/{application}/endpoints", $$"""{"uid":"e","url":"{{receiver.Url}}","filter":{"payload":["a"]} }""");

        await host.CallAsync("PATCH", $"applications/{application}/endpoints/e", """{"filter":{"payload":["b"]}}""");
        await SendAsync(application, "\"a\"");
        var second = await SendAsync(application, "\"b\"");
        await host.CallAsync("PATCH", $"applications/{application}/endpoints/e", """{"filter":null}""");
        var third = await SendAsync(application, "\"a\"");

        Assert.Equal(new[] { second, third }.Order(), (await receiver.NextAsync(2)).Select(static request => request.Id).Order());
        Assert.Equal(0, receiver.Waiting);
    }

    private async Task<string> SendAsync(string application, string payload) =>
        (await host.CallAsync("POST", $"applications/{application}/messages", $$"""{"eventType":"a","payload":{{payload}} }"""))["id"]!;
}
