using System.Net;
using Parley.Webhooks.Schemas;
using Parley.Webhooks.Tests.Support;

namespace Parley.Webhooks.Tests.Api;

public sealed class EventTypeApiTests(ApiHost host) : IClassFixture<ApiHost>
{
    private const string Schema = """
        {"type":"object","required":["amount"],"properties":{"amount":{"type":"integer","minimum":1},"currency":{"enum":["EUR","USD"]}}}
        """;

    [Fact]
    public async Task A_payload_that_does_not_fit_its_event_type_is_refused_with_the_places()
    {
        var application = await host.NewApplicationAsync();
        var made = await host.CallAsync("PUT", "event-types/schema.enforced", $$"""{"schema":{{Schema}},"example":{"amount":1} }""");
        Assert.Equal((HttpStatusCode.Created, "object"), (made.Status, made.Body.GetProperty("schema").GetProperty("type").GetString()));

        var refused = await SendAsync(application, "schema.enforced", """{"amount":0,"currency":"canary"}""");

        Assert.Equal((HttpStatusCode.UnprocessableEntity, "invalid", "application/problem+json"), (refused.Status, refused["code"], refused.Type));
        Assert.Equal(["/payload/amount minimum", "/payload/currency enum"], refused.Body.GetProperty("errors").EnumerateArray()
            .Select(static error => $"{error.GetProperty("pointer").GetString()} {error.GetProperty("keyword").GetString()}"));
        Assert.DoesNotContain("canary", refused.Text, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.Accepted, (await SendAsync(application, "schema.enforced", """{"amount":1}""")).Status);
        Assert.Equal(HttpStatusCode.Accepted, (await SendAsync(application, "schema.other", """{"amount":0}""")).Status);
        Assert.Equal(2, (await host.CallAsync("GET", $"applications/{application}/messages")).Body.GetProperty("data").GetArrayLength());
    }

    [Fact]
    public async Task A_change_of_the_schema_counts_from_the_next_message_on()
    {
        var application = await host.NewApplicationAsync();
        Assert.Equal(HttpStatusCode.Accepted, (await SendAsync(application, "schema.changed", "1")).Status);

        await host.CallAsync("POST", "event-types", """{"name":"schema.changed","schema":{"type":"string"}}""");
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await SendAsync(application, "schema.changed", "1")).Status);
        await host.CallAsync("PUT", "event-types/schema.changed", """{"schema":{"type":"number"}}""");
        Assert.Equal(HttpStatusCode.Accepted, (await SendAsync(application, "schema.changed", "1")).Status);
        await host.CallAsync("PUT", "event-types/schema.changed", """{"schema":false}""");
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await SendAsync(application, "schema.changed", "1")).Status);
        await host.CallAsync("DELETE", "event-types/schema.changed");
        Assert.Equal(HttpStatusCode.Accepted, (await SendAsync(application, "schema.changed", "1")).Status);
    }

    [Theory]
    [InlineData("""{"name":"a","schema":{"type":"text"}}""", "/schema/type")]
    [InlineData("""{"name":"a","schema":{"properties":{"a":{"$ref":"https://example.com/"}}}}""", "/schema/properties/a/$ref")]
    [InlineData("""{"name":"a","schema":{"pattern":"(?=a)"}}""", "/schema/pattern")]
    [InlineData("""{"name":"a","schema":{"$ref":"#"}}""", "/schema")]
    [InlineData("""{"name":"a","schema":{"required":["b"]},"example":{"c":1}}""", "/example")]
    [InlineData("""{"name":"a b"}""", "/name")]
    public async Task What_is_wrong_is_pointed_at(string body, string pointer)
    {
        var reply = await host.CallAsync("POST", "event-types", body);

        Assert.Equal((HttpStatusCode.UnprocessableEntity, "invalid"), (reply.Status, reply["code"]));
        Assert.Contains(pointer, reply.Body.GetProperty("errors").EnumerateArray().Select(static error => error.GetProperty("pointer").GetString()));
    }

    [Fact]
    public async Task A_schema_that_is_too_large_is_refused()
    {
        var over = await host.CallAsync("PUT", "event-types/schema.large", $$"""{"schema":{"title":"{{new string('x', 64 * 1024)}}"} }""");
        var far = await host.CallAsync("PUT", "event-types/schema.large", $$"""{"schema":{"title":"{{new string('x', 200 * 1024)}}"} }""");

        Assert.Equal((HttpStatusCode.UnprocessableEntity, HttpStatusCode.RequestEntityTooLarge), (over.Status, far.Status));
    }

    [Fact]
    public async Task A_schema_of_the_largest_size_is_kept_as_it_was_written()
    {
        var schema = $$"""{"title":"{{new string('\u00FC', (SchemaLimits.MaxBytes - 40) / 2)}}","type": "string"}""";

        var made = await host.CallAsync("PUT", "event-types/schema.largest", $$"""{"schema":{{schema}} }""");

        Assert.Equal((HttpStatusCode.Created, schema), (made.Status, (await host.CallAsync("GET", "event-types/schema.largest")).Body.GetProperty("schema").GetRawText()));
        Assert.Equal(HttpStatusCode.Accepted, (await SendAsync(await host.NewApplicationAsync(), "schema.largest", "\"a\"")).Status);
    }

    [Fact]
    public async Task Nothing_that_a_schema_refers_to_is_ever_asked_for()
    {
        await using var canary = await Receiver.StartAsync();
        var application = await host.NewApplicationAsync();
        string[] schemas =
        [
            $$"""{"$ref":"{{canary.Url}}"}""", $$"""{"$id":"{{canary.Url}}","$ref":"other"}""", $$"""{"$dynamicRef":"{{canary.Url}}#x"}""",
            $$"""{"$schema":"{{canary.Url}}"}""", $$"""{"$id":"{{canary.Url}}","type":"string"}""",
        ];

        foreach (var schema in schemas)
            await host.CallAsync("PUT", "event-types/schema.canary", $$"""{"schema":{{schema}} }""");

        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await SendAsync(application, "schema.canary", "1")).Status);
        Assert.Equal(0, canary.Waiting);
    }

    private Task<ApiReply> SendAsync(string application, string type, string payload) =>
        host.CallAsync("POST", $"applications/{application}/messages", $$"""{"eventType":"{{type}}","payload":{{payload}} }""");
}
