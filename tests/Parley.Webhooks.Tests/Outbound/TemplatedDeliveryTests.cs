using System.Net;
using Parley.Testing;
using Parley.Webhooks.Tests.Support;

namespace Parley.Webhooks.Tests.Outbound;

/// <summary>Endpoints whose URL each message fills.</summary>
public sealed class TemplatedDeliveryTests(ApiHost host) : IClassFixture<ApiHost>
{
    [Fact]
    public async Task A_message_goes_to_the_place_that_it_names()
    {
        await using var receiver = await Receiver.StartAsync();
        var (application, endpoint) = await NewEndpointAsync(receiver.Url + "/{payload.order.id}?t={eventType}");

        await SendAsync(application, """{"order":{"id":"7/1"}}""");

        Assert.Equal("/hooks/7%2F1?t=order.paid", (await receiver.NextAsync()).Target, ignoreCase: true);
        Assert.Equal(receiver.Url + "/{payload.order.id}?t={eventType}", (await host.CallAsync("GET", $"applications/{application}/endpoints/{endpoint}"))["url"]);
    }

    [Fact]
    public async Task A_message_that_names_no_place_is_a_dead_letter_and_goes_to_no_other()
    {
        await using var receiver = await Receiver.StartAsync();
        var (application, endpoint) = await NewEndpointAsync(receiver.Url + "/{payload.order.id}");

        await SendAsync(application, """{"order":{}}""");

        var failed = await Eventually.BecomesAsync(
            async () => await host.CallAsync("GET", $"applications/{application}/endpoints/{endpoint}/deliveries?state=failed"),
            static list => list.Body.GetProperty("data").GetArrayLength() == 1);
        var delivery = failed.Body.GetProperty("data")[0];
        Assert.Equal("urlTemplate", delivery.GetProperty("lastError").GetString());
        var attempts = await host.CallAsync("GET", $"applications/{application}/deliveries/{delivery.GetProperty("id").GetString()}/attempts");
        Assert.Contains("{payload.order.id}", attempts.Body.GetProperty("data")[0].GetProperty("detail").GetString(), StringComparison.Ordinal);
        Assert.Equal(0, receiver.Waiting);
    }

    [Fact]
    public async Task A_template_that_might_lead_elsewhere_is_refused()
    {
        var application = await host.NewApplicationAsync();

        var reply = await host.CallAsync("POST", $"applications/{application}/endpoints", """{"url":"https://{payload.host}/"}""");

        Assert.Equal((HttpStatusCode.UnprocessableEntity, "/url"), (reply.Status, reply.Body.GetProperty("errors")[0].GetProperty("pointer").GetString()));
    }

    private async Task<(string Application, string? Endpoint)> NewEndpointAsync(string url)
    {
        var application = await host.NewApplicationAsync();
        var made = await host.CallAsync("POST", $"applications/{application}/endpoints", $$"""{"url":"{{url}}"}""");
        Assert.Equal(HttpStatusCode.Created, made.Status);
        return (application, made["id"]);
    }

    private Task<ApiReply> SendAsync(string application, string payload) =>
        host.CallAsync("POST", $"applications/{application}/messages", $$"""{"eventType":"order.paid","payload":{{payload}} }""");
}
