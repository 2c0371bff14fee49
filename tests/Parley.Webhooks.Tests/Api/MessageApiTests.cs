using System.Net;
using System.Text;
using Parley.Testing;
using Parley.Webhooks.Tests.Support;

namespace Parley.Webhooks.Tests.Api;

public sealed class MessageApiTests(ApiHost host) : IClassFixture<ApiHost>
{
    [Fact]
    public async Task A_message_is_accepted_delivered_and_shown_with_all_that_happened()
    {
        await using var receiver = await Receiver.StartAsync();
        var (application, _) = await NewEndpointAsync(receiver);

        var accepted = await host.CallAsync("POST", $"applications/{application}/messages", """{"eventType":"order.created","payload": {"n" : 1.50, "s":"ü"} ,"tags":["a"]}""");

        Assert.Equal((HttpStatusCode.Accepted, "False"), (accepted.Status, accepted["duplicate"]));
        var request = await receiver.NextAsync();
        Assert.Equal(("""{"n" : 1.50, "s":"ü"}""", accepted["id"]), (Encoding.UTF8.GetString(request.Body), request.Id));
        var delivery = await Eventually.BecomesAsync(
            async () => (await host.CallAsync("GET", $"applications/{application}/messages/{accepted["id"]}/deliveries")).Body.GetProperty("data")[0],
            static delivery => delivery.GetProperty("state").GetString() == "succeeded");
        var attempts = await host.CallAsync("GET", $"applications/{application}/deliveries/{delivery.GetProperty("id").GetString()}/attempts");
        var attempt = attempts.Body.GetProperty("data")[0];
        Assert.Equal((204, "schedule", receiver.Url),
            (attempt.GetProperty("status").GetInt32(), attempt.GetProperty("trigger").GetString(), attempt.GetProperty("url").GetString()));
        var shown = (await host.CallAsync("GET", $"applications/{application}/messages/{accepted["id"]}")).Body.GetProperty("payload");
        Assert.Equal(("1.50", "ü"), (shown.GetProperty("n").GetRawText(), shown.GetProperty("s").GetString()));
        var list = await host.CallAsync("GET", $"applications/{application}/messages?tag=a&eventType=order.created");
        Assert.Equal(accepted["id"], list.Body.GetProperty("data")[0].GetProperty("id").GetString());
        Assert.False(list.Body.GetProperty("data")[0].TryGetProperty("payload", out _));
    }

    [Fact]
    public async Task A_uid_and_an_idempotency_key_make_it_one()
    {
        await using var receiver = await Receiver.StartAsync();
        var (application, _) = await NewEndpointAsync(receiver);
        var path = $"applications/{application}/messages";
        const string Body = """{"eventType":"a","payload":{},"uid":"u-1"}""";

        var first = await host.CallAsync("POST", path, Body);
        var again = await host.CallAsync("POST", path, Body);
        var other = await host.CallAsync("POST", path, """{"eventType":"a","payload":{"x":1},"uid":"u-1"}""");
        var byKey = await host.CallAsync("POST", path, """{"eventType":"a","payload":{}}""", idempotencyKey: "k");
        var byKeyAgain = await host.CallAsync("POST", path, """{"eventType":"a","payload":{}}""", idempotencyKey: "k");

        Assert.Equal((first["id"], "True"), (again["id"], again["duplicate"]));
        Assert.Equal((HttpStatusCode.Conflict, "message_exists"), (other.Status, other["code"]));
        Assert.Equal((byKey["id"], "True"), (byKeyAgain["id"], byKeyAgain["duplicate"]));
        Assert.Equal((false, false, true), (again.IsReplayed, byKey.IsReplayed, byKeyAgain.IsReplayed));
        Assert.NotEqual(first["id"], byKey["id"]);
        await receiver.NextAsync(2);
        Assert.Equal(0, receiver.Waiting);
    }

    [Theory]
    [InlineData("""{"payload":{}}""", "/eventType")]
    [InlineData("""{"eventType":"a b","payload":{}}""", "/eventType")]
    [InlineData("""{"eventType":"a"}""", "/payload")]
    [InlineData("""{"eventType":"a","payload":{"a":1,"a":2}}""", "invalid_json")]
    [InlineData("""{"eventType":"a","payload":{"x":[{"a":1,"a":2}]}}""", "invalid_json")]
    [InlineData("""{"eventType":"a","payload":{},"uid":""}""", "/uid")]
    [InlineData("""{"eventType":"a","payload":{},"uid":"a\u0000"}""", "/uid: must not have the character U")]
    [InlineData("""{"eventType":"a","payload":{},"channels":["a","\u0000"]}""", "/channels: must not have the character U")]
    [InlineData("""{"eventType":"a","payload":{},"tags":["b\u0000c"]}""", "/tags: must not have the character U")]
    [InlineData("""{"eventType":"a\u0000","payload":{}}""", "/eventType")]
    [InlineData("""{"eventType":"a","payload":{},"channels":[""]}""", "/channels")]
    [InlineData("""{"eventType":"a","payload":{},"deliverAt":"2999-01-01T00:00:00Z"}""", "/deliverAt")]
    [InlineData("""{"eventType":"a","payload":{},"expiresAt":"2001-01-01T00:00:00Z"}""", "/expiresAt")]
    [InlineData("""{"eventType":"a","payload":{},"id":"msg_1"}""", "invalid_json")]
    public async Task What_is_wrong_is_pointed_at_and_nothing_is_accepted(string body, string where)
    {
        var application = await host.NewApplicationAsync();

        var reply = await host.CallAsync("POST", $"applications/{application}/messages", body);

        Assert.InRange((int)reply.Status, 400, 422);
        Assert.Contains(where, reply.Text, StringComparison.Ordinal);
        Assert.Equal(0, (await host.CallAsync("GET", $"applications/{application}/messages")).Body.GetProperty("data").GetArrayLength());
    }

    [Theory]
    [InlineData("uid")]
    [InlineData("channel")]
    [InlineData("tag")]
    [InlineData("eventType")]
    public async Task What_no_message_can_have_is_not_looked_for(string name)
    {
        var application = await host.NewApplicationAsync();

        var reply = await host.CallAsync("GET", name is "uid" ? "applications/a%00" : $"applications/{application}/messages?{name}=a%00", key: ApiHost.OperatorKey);

        Assert.Equal(name is "uid" ? HttpStatusCode.BadRequest : HttpStatusCode.UnprocessableEntity, reply.Status);
    }

    [Fact]
    public async Task A_payload_over_the_limit_is_refused()
    {
        var application = await host.NewApplicationAsync();

        var over = await host.CallAsync("POST", $"applications/{application}/messages", $$"""{"eventType":"a","payload":"{{new string('x', 10_000)}}"}""");
        var far = await host.CallAsync("POST", $"applications/{application}/messages", $$"""{"eventType":"a","payload":"{{new string('x', 200_000)}}"}""");

        Assert.Equal((HttpStatusCode.UnprocessableEntity, HttpStatusCode.RequestEntityTooLarge), (over.Status, far.Status));
    }

    [Fact]
    public async Task A_dead_letter_is_found_and_sent_again()
    {
        await using var receiver = await Receiver.StartAsync();
        receiver.Answer(500);
        var (application, endpoint) = await NewEndpointAsync(receiver, ""","retrySchedule":[]""");
        var accepted = await host.CallAsync("POST", $"applications/{application}/messages", """{"eventType":"a","payload":{}}""");
        var failed = await Eventually.BecomesAsync(
            async () => await host.CallAsync("GET", $"applications/{application}/endpoints/{endpoint}/deliveries?state=failed"),
            static list => list.Body.GetProperty("data").GetArrayLength() == 1);
        var delivery = failed.Body.GetProperty("data")[0];
        Assert.Equal((accepted["id"], "status", 500),
            (delivery.GetProperty("message").GetString(), delivery.GetProperty("lastError").GetString(), delivery.GetProperty("lastStatus").GetInt32()));

        receiver.Answer(200);
        var retried = await host.CallAsync("POST", $"applications/{application}/deliveries/{delivery.GetProperty("id").GetString()}/retry");

        Assert.Equal(HttpStatusCode.Accepted, retried.Status);
        Assert.Equal(accepted["id"], (await receiver.NextAsync()).Id);
        Assert.Equal(accepted["id"], (await receiver.NextAsync()).Id);
        await Eventually.BecomesAsync(
            async () => await host.CallAsync("GET", $"applications/{application}/deliveries/{delivery.GetProperty("id").GetString()}"),
            static delivery => delivery["state"] == "succeeded");
        var attempts = await host.CallAsync("GET", $"applications/{application}/deliveries/{delivery.GetProperty("id").GetString()}/attempts");
        Assert.Equal(["manual", "schedule"], attempts.Body.GetProperty("data").EnumerateArray().Select(static attempt => attempt.GetProperty("trigger").GetString()));
    }

    [Fact]
    public async Task A_deleted_endpoint_is_sent_nothing_more()
    {
        await using var receiver = await Receiver.StartAsync();
        receiver.Answer(500);
        var (application, endpoint) = await NewEndpointAsync(receiver);
        var accepted = await host.CallAsync("POST", $"applications/{application}/messages", """{"eventType":"a","payload":{}}""");
        await receiver.NextAsync();

        await host.CallAsync("DELETE", $"applications/{application}/endpoints/{endpoint}");

        var delivery = await Eventually.BecomesAsync(
            async () => (await host.CallAsync("GET", $"applications/{application}/messages/{accepted["id"]}/deliveries")).Body.GetProperty("data")[0],
            static delivery => delivery.GetProperty("state").GetString() == "cancelled");
        Assert.Equal("endpointDeleted", delivery.GetProperty("lastError").GetString());
        Assert.Equal("endpoint_disabled", (await host.CallAsync("POST", $"applications/{application}/deliveries/{delivery.GetProperty("id").GetString()}/retry"))["code"]);
    }

    private async Task<(string Application, string Endpoint)> NewEndpointAsync(Receiver receiver, string more = "")
    {
        var application = await host.NewApplicationAsync();
        var endpoint = await host.CallAsync("POST", $"applications/{application}/endpoints", $$"""{"url":"{{receiver.Url}}"{{more}}}""");
        return (application, endpoint["id"]!);
    }
}
