using Parley.Webhooks.Transformations;

namespace Parley.Webhooks.Tests.Transformations;

public sealed class FaultTests(SharedPool shared) : IClassFixture<SharedPool>
{
    [Theory]
    [InlineData("")]
    [InlineData("const transform = 1;")]
    [InlineData("function Transform(webhook) { return webhook; }")]
    [InlineData("(function transform(webhook) { return webhook; });")]
    public async Task A_script_must_define_the_function(string script)
    {
        var failure = await shared.Pool.FailAsync(script);

        Assert.Equal(TransformationErrors.NoTransformFunction, failure.Code);
    }

    [Theory]
    [InlineData("function transform(webhook) {\n  return webhook;\n", "(line 3)")]
    [InlineData("function transform(webhook) {\n  let x = ;\n}", "(line 2)")]
    [InlineData("function transform(webhook) {\n\n\n  return webhook.payload.customer.name;\n}", "(line 4)")]
    [InlineData("function transform(webhook) {\n  throw new Error('no customer');\n}", "no customer (line 2)")]
    [InlineData("\n\nthrow new Error('early');", "early (line 3)")]
    [InlineData("export default function transform(webhook) { return webhook; }", "(line 1)")]
    public async Task An_error_tells_its_line(string script, string end)
    {
        var failure = await shared.Pool.FailAsync(script);

        Assert.Equal(TransformationErrors.ScriptError, failure.Code);
        Assert.EndsWith(end, failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_error_outside_of_the_script_tells_no_line()
    {
        var failure = await shared.Pool.FailAsync("function transform(webhook) { return { payload: 1n }; }");

        Assert.Equal(TransformationErrors.ScriptError, failure.Code);
        Assert.DoesNotContain("line", failure.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", "returned nothing")]
    [InlineData("return undefined;", "returned nothing")]
    [InlineData("return 'text';", "must return an object")]
    [InlineData("return false;", "must return an object")]
    [InlineData("return [webhook];", "must return an object")]
    [InlineData("return () => webhook;", "must return an object")]
    [InlineData("return Promise.resolve(webhook);", "must not be async")]
    [InlineData("webhook.url = 1; return webhook;", "url must be a string")]
    [InlineData("webhook.url = '/hook'; return webhook;", "url must be absolute")]
    [InlineData("webhook.url = 'ftp://example.com/'; return webhook;", "url must be absolute")]
    [InlineData("webhook.url = 'file:///etc/passwd'; return webhook;", "url must be absolute")]
    [InlineData("webhook.url = 'http://'; return webhook;", "url must be absolute")]
    [InlineData("webhook.method = null; return webhook;", "method must be a string")]
    [InlineData("webhook.method = ''; return webhook;", "method must be one of")]
    [InlineData("webhook.method = 'GET / HTTP/1.1'; return webhook;", "method must be one of")]
    [InlineData("webhook.headers = []; return webhook;", "headers must be an object")]
    [InlineData("webhook.headers.a = 1; return webhook;", "headers must be an object of strings")]
    [InlineData("webhook.headers.a = null; return webhook;", "headers must be an object of strings")]
    [InlineData("webhook.headers.a = 'b\\r\\nc: d'; return webhook;", "header 'a'")]
    [InlineData("webhook.headers.a = 'b\\u0000'; return webhook;", "header 'a'")]
    [InlineData("webhook.headers.a = 'ä'; return webhook;", "header 'a'")]
    [InlineData("webhook.headers['a b'] = 'c'; return webhook;", "header name 'a b'")]
    [InlineData("webhook.headers['a\\r\\nb'] = 'c'; return webhook;", "header name 'a  b'")]
    [InlineData("webhook.headers[''] = 'c'; return webhook;", "header name ''")]
    [InlineData("webhook.headers['X-Tenant'] = 'c'; return webhook;", "there twice")]
    [InlineData("webhook.payload = () => 1; return webhook;", "payload must be")]
    [InlineData("webhook.body = { a: 1 }; return webhook;", "body must be a string")]
    [InlineData("webhook.body = null; return webhook;", "body must be a string")]
    [InlineData("let a = []; for (let i = 0; i < 400; i++) a = [a]; return { payload: a };", "nested too deeply")]
    public async Task A_result_that_cannot_be_sent_says_why(string body, string part)
    {
        var failure = await shared.Pool.FailAsync($"function transform(webhook) {{ {body} }}");

        Assert.Equal(TransformationErrors.InvalidResult, failure.Code);
        Assert.Contains(part, failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_async_function_is_refused()
    {
        var failure = await shared.Pool.FailAsync("async function transform(webhook) { return webhook; }");

        Assert.Equal(TransformationErrors.InvalidResult, failure.Code);
        Assert.Contains("async", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_payload_that_is_no_JSON_fails()
    {
        var failure = await shared.Pool.FailAsync(Transformers.Same, Transformers.NewInput("{"));

        Assert.Equal(TransformationErrors.ScriptError, failure.Code);
    }

    [Fact]
    public async Task A_script_that_is_too_long_is_not_run()
    {
        await using var pool = Transformers.NewPool();

        var failure = await pool.FailAsync(Transformers.Same + new string(' ', TransformationRules.MaxScriptLength));

        Assert.Equal(TransformationErrors.ScriptError, failure.Code);
        Assert.Empty(pool.ProcessIds);
    }

    [Fact]
    public async Task A_webhook_that_is_too_large_is_not_sent_to_a_worker()
    {
        await using var pool = Transformers.NewPool();

        var failure = await pool.FailAsync(Transformers.Same, Transformers.NewInput('"' + new string('a', 4 * 1024 * 1024) + '"'));

        Assert.Equal(TransformationErrors.OutOfMemory, failure.Code);
        Assert.Empty(pool.ProcessIds);
    }
}
