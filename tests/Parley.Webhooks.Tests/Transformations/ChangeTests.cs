using Parley.Webhooks.Transformations;

namespace Parley.Webhooks.Tests.Transformations;

public sealed class ChangeTests(SharedPool shared) : IClassFixture<SharedPool>
{
    [Fact]
    public async Task A_script_sees_the_webhook()
    {
        const string Script = "function transform(webhook) { webhook.body = JSON.stringify(webhook); return webhook; }";

        var result = await shared.Pool.ChangeAsync(Script, Transformers.NewInput(attempt: 3));

        Assert.Equal(
            """
            {"id":"msg_1","eventType":"invoice.paid","url":"https://example.com/hook","method":"POST","headers":{"x-tenant":"acme"},"channels":["eu","vip"],"attempt":3,"payload":{"total":1}}
            """.Trim(),
            result.Text());
    }

    [Fact]
    public async Task A_script_changes_the_payload()
    {
        const string Script = "function transform(webhook) { webhook.payload.text = `Paid: ${webhook.payload.total} €`; return webhook; }";

        var result = await shared.Pool.ChangeAsync(Script);

        Assert.Equal("""{"total":1,"text":"Paid: 1 €"}""", result.Text());
        Assert.False(result.IsRawBody);
    }

    [Theory]
    [InlineData("null")]
    [InlineData("\"text\"")]
    [InlineData("[1,2]")]
    [InlineData("0.5")]
    [InlineData("false")]
    public async Task A_payload_may_be_any_JSON_value(string value)
    {
        var result = await shared.Pool.ChangeAsync($"const transform = () => ({{ payload: {value} }});");

        Assert.Equal(value, result.Text());
    }

    [Fact]
    public async Task A_script_changes_url_and_method()
    {
        const string Script = "function transform(webhook) { webhook.url += '?a=1'; webhook.method = 'PUT'; return webhook; }";

        var result = await shared.Pool.ChangeAsync(Script);

        Assert.Equal(("https://example.com/hook?a=1", "PUT"), (result.Url, result.Method));
    }

    [Fact]
    public async Task A_script_changes_headers()
    {
        const string Script =
            "function transform(webhook) { webhook.headers['x-tenant'] = undefined; webhook.headers['X-Total'] = String(webhook.payload.total); return webhook; }";

        var result = await shared.Pool.ChangeAsync(Script);

        Assert.Equal(new Dictionary<string, string> { ["X-Total"] = "1" }, result.Headers);
    }

    [Fact]
    public async Task A_body_is_sent_as_it_is_and_wins_over_the_payload()
    {
        const string Script = "function transform(webhook) { webhook.payload = 1; webhook.body = 'total=1&x=ä'; return webhook; }";

        var result = await shared.Pool.ChangeAsync(Script);

        Assert.Equal("total=1&x=ä", result.Text());
        Assert.True(result.IsRawBody);
    }

    [Fact]
    public async Task What_a_result_leaves_out_stays_as_it_was()
    {
        var input = Transformers.NewInput();

        var result = await shared.Pool.ChangeAsync("function transform() { return {}; }", input);

        Assert.Equal((input.Url, input.Method), (result.Url, result.Method));
        Assert.Equal(input.Headers, result.Headers);
        Assert.Equal(input.Payload.ToArray(), result.Body.ToArray());
    }

    [Fact]
    public async Task A_payload_that_is_not_changed_keeps_its_bytes()
    {
        const string Payload = """{ "id": 12345678901234567890, "price": 1.00, "text": "\u00e4" }""";

        var result = await shared.Pool.ChangeAsync("function transform(webhook) { webhook.method = 'PUT'; return webhook; }", Transformers.NewInput(Payload));

        Assert.Equal(Payload, result.Text());
    }

    [Fact]
    public async Task A_large_payload_can_be_changed()
    {
        var payload = $$"""{"items":["{{string.Join("\",\"", Enumerable.Repeat("0123456789", 60_000))}}"]}""";

        var result = await shared.Pool.ChangeAsync(
            "function transform(webhook) { webhook.payload.count = webhook.payload.items.length; return webhook; }", Transformers.NewInput(payload));

        Assert.Equal(payload[..^1] + ",\"count\":60000}", result.Text());
    }

    [Fact]
    public async Task Names_of_the_language_are_just_names()
    {
        var input = Transformers.NewInput("""{"__proto__":{"total":2},"constructor":1}""") with
        {
            Headers = new Dictionary<string, string> { ["__proto__"] = "a", ["toString"] = "b" },
        };

        var result = await shared.Pool.ChangeAsync("function transform(webhook) { webhook.payload.x = typeof webhook.payload.total; return webhook; }", input);

        Assert.Equal("""{"__proto__":{"total":2},"constructor":1,"x":"undefined"}""", result.Text());
        Assert.Equal(input.Headers, result.Headers);
    }

    [Fact]
    public async Task Null_cancels_the_webhook()
    {
        var result = await shared.Pool.RunAsync("function transform(webhook) { return webhook.payload.total > 1 ? webhook : null; }");

        Assert.IsType<TransformationResult.Cancelled>(result);
    }

    [Fact]
    public async Task Work_that_is_left_behind_is_dropped()
    {
        const string Script = "function transform(webhook) { (function next() { Promise.resolve().then(next); })(); return webhook; }";

        await shared.Pool.ChangeAsync(Script);
    }

    [Fact]
    public async Task Of_the_platform_and_of_hosts_a_script_sees_nothing()
    {
        string[] names =
        [
            "System", "importNamespace", "clrTypes", "Microsoft", "Jint", "require", "process", "module", "exports", "fetch", "XMLHttpRequest", "WebSocket",
            "console", "setTimeout", "setInterval", "queueMicrotask", "window", "document", "load", "print", "host", "engine", "stringify",
        ];
        var script = $"function transform() {{ return {{ body: '' + [{string.Join(',', names.Select(static name => "typeof " + name))}] }}; }}";

        var result = await shared.Pool.ChangeAsync(script);

        Assert.All(result.Text().Split(','), static type => Assert.Equal("undefined", type));
    }

    [Fact]
    public async Task A_run_leaves_nothing_for_the_next()
    {
        await using var pool = Transformers.NewPool(static options => options.Workers = 1);
        const string Script =
            """
            globalThis.count = (globalThis.count ?? 0) + 1;
            function transform(webhook) {
              const seen = [globalThis.count, webhook.stolen, [].stolen, 'a'.trim(), JSON.stringify(1), webhook.channels.length];
              Object.prototype.stolen = Array.prototype.stolen = JSON.stringify(webhook);
              String.prototype.trim = () => 'polluted';
              Object.freeze(webhook.channels);
              webhook.payload = seen;
              return webhook;
            }
            """;

        var first = await pool.ChangeAsync(Script);
        var second = await pool.ChangeAsync(Script);

        Assert.Equal("[1,null,null,\"a\",\"1\",2]", first.Text());
        Assert.Equal(first.Text(), second.Text());
        Assert.Single(pool.ProcessIds);
    }
}
