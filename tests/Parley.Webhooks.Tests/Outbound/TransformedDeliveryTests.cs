using System.Text;
using Microsoft.Extensions.DependencyInjection;
using Parley.Testing;
using Parley.Webhooks.Deliveries;
using Parley.Webhooks.Endpoints;
using Parley.Webhooks.Tests.Support;
using Parley.Webhooks.Transformations;
using Parley.Webhooks.Verification;

namespace Parley.Webhooks.Tests.Outbound;

/// <summary>Deliveries whose endpoint has a script.</summary>
public sealed class TransformedDeliveryTests : NodeWithReceiver
{
    private readonly ScriptedTransformer _transformer = new();

    [Fact]
    public async Task What_the_script_makes_of_it_is_signed_and_sent()
    {
        var key = WebhookKey.CreateSecret();
        await Node.AddEndpointAsync(Receiver, static endpoint => endpoint with { Transformation = "script" }, key.Export());
        _transformer.Result = new TransformationResult.Changed(
            Receiver.Url + "?x=1", "PUT", new Dictionary<string, string> { ["X-New"] = "1", ["Content-Type"] = "text/xml" }, "<a/>"u8.ToArray(), IsRawBody: true);

        await Node.SendAsync();

        var request = await Receiver.NextAsync();
        Assert.Equal(("PUT", "/hooks?x=1", "1", "text/xml", "<a/>"),
            (request.Method, request.Target, request.Headers["x-new"], request.Headers["content-type"], Encoding.UTF8.GetString(request.Body)));
        Assert.Equal(WebhookVerdict.Valid, new WebhookVerifier([key], time: Node.Time)
            .Verify(request.Id, request.Headers["webhook-timestamp"], request.Headers["webhook-signature"], request.Body));
    }

    [Fact]
    public async Task Null_cancels_the_delivery()
    {
        var endpoint = await Node.AddEndpointAsync(Receiver, static endpoint => endpoint with { Transformation = "script" });
        _transformer.Result = new TransformationResult.Cancelled();

        var receipt = await Node.SendAsync();

        Assert.Equal(DeliveryError.TransformationCancelled, (await Node.DeliveryAsync(receipt.Id, endpoint, DeliveryState.Cancelled)).LastError);
        Assert.Equal(0, Receiver.Waiting);
    }

    [Theory]
    [InlineData("http://169.254.169.254/", "POST", "X-New", "url must not lead to 169.254.169.254")]
    [InlineData("file:///etc/passwd", "POST", "X-New", "url must begin with")]
    [InlineData("http://example.com/", "POST", "Webhook-Signature", "the header Webhook-Signature cannot be set")]
    [InlineData("http://example.com/", "POST", "Host", "the header Host cannot be set")]
    [InlineData("http://example.com/", "CONNECT", "X-New", "method must be one of POST")]
    [InlineData("http://example.com/", "TRACE", "X-New", "method must be one of POST")]
    [InlineData("http://example.com/", "post", "X-New", "method must be one of POST")]
    public async Task A_script_may_go_no_further_than_its_endpoint(string url, string method, string header, string words)
    {
        var endpoint = await Node.AddEndpointAsync(Receiver, static endpoint => endpoint with { Transformation = "script" });
        _transformer.Result = new TransformationResult.Changed(url, method, new Dictionary<string, string> { [header] = "x" }, "{}"u8.ToArray(), IsRawBody: false);

        var receipt = await Node.SendAsync();

        Assert.Equal(DeliveryError.Transformation, (await Node.DeliveryAsync(receipt.Id, endpoint, DeliveryState.Waiting)).LastError);
        Assert.Contains(words, (await Node.AttemptsAsync(receipt.Id, endpoint)).Single().Exchange!.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_script_that_fails_shows_why_and_is_tried_again_by_the_schedule()
    {
        var endpoint = await Node.AddEndpointAsync(Receiver, static endpoint => endpoint with { Transformation = "script" });
        _transformer.Result = new TransformationResult.Failed(TransformationErrors.ScriptError, "x is not defined (line 1)");
        var receipt = await Node.SendAsync();
        await Node.DeliveryAsync(receipt.Id, endpoint, DeliveryState.Waiting);
        Assert.Equal("script_error: x is not defined (line 1)", (await Node.AttemptsAsync(receipt.Id, endpoint)).Single().Exchange!.Detail);

        _transformer.Result = new TransformationResult.Changed(Receiver.Url, "POST", new Dictionary<string, string>(), "{}"u8.ToArray(), IsRawBody: false);
        Node.Time.Advance(TimeSpan.FromSeconds(6));

        Assert.Equal(receipt.Id, (await Receiver.NextAsync()).Id);
    }

    [Fact]
    public async Task A_script_that_this_server_cannot_run_is_waited_for_a_little_and_then_uses_up_the_schedule()
    {
        var endpoint = await Node.AddEndpointAsync(Receiver, static endpoint => endpoint with { Transformation = "script", RetrySchedule = [60] });
        _transformer.Result = new TransformationResult.Failed(TransformationErrors.WorkerUnavailable, "The process for scripts did not start.");
        var start = Node.Time.GetUtcNow();

        var receipt = await Node.SendAsync();
        var postponed = await Eventually.BecomesAsync(() => ReadAsync(receipt.Id, endpoint), static delivery => delivery.Waits == 1);
        Assert.Equal((DeliveryState.Pending, DeliveryError.WorkerUnavailable, 0), (postponed.State, postponed.LastError, postponed.Attempts));
        Assert.Equal(5, (postponed.DueAt!.Value - start).TotalSeconds, 0.01);
        for (var waits = 2; waits <= 10; waits++)
        {
            Node.Time.Advance(TimeSpan.FromSeconds(5));
            await Eventually.BecomesAsync(() => ReadAsync(receipt.Id, endpoint), delivery => delivery.Waits == waits && delivery.State is DeliveryState.Pending);
        }

        Node.Time.Advance(TimeSpan.FromSeconds(5));
        await Node.DeliveryAsync(receipt.Id, endpoint, DeliveryState.Waiting);
        Node.Time.Advance(TimeSpan.FromSeconds(67));

        var failed = await Node.DeliveryAsync(receipt.Id, endpoint, DeliveryState.Failed);
        Assert.Equal((2, DeliveryError.WorkerUnavailable), (failed.Attempts, failed.LastError));
        Assert.All(await Node.AttemptsAsync(receipt.Id, endpoint), static attempt => Assert.Equal(
            (DeliveryError.WorkerUnavailable, "worker_unavailable: The process for scripts did not start."), (attempt.Error, attempt.Exchange!.Detail)));
    }

    [Fact]
    public async Task A_script_that_this_server_can_run_again_is_run_without_a_trace()
    {
        var endpoint = await Node.AddEndpointAsync(Receiver, static endpoint => endpoint with { Transformation = "script" });
        _transformer.Result = new TransformationResult.Failed(TransformationErrors.WorkerUnavailable, "Too many webhooks wait for their scripts.");
        var receipt = await Node.SendAsync();
        await Eventually.BecomesAsync(() => ReadAsync(receipt.Id, endpoint), static delivery => delivery.Waits == 1);

        _transformer.Result = new TransformationResult.Changed(Receiver.Url, "POST", new Dictionary<string, string>(), "{}"u8.ToArray(), IsRawBody: false);
        Node.Time.Advance(TimeSpan.FromSeconds(5));

        var delivered = await Node.DeliveryAsync(receipt.Id, endpoint, DeliveryState.Succeeded);
        Assert.Equal((1, 0, null), (delivered.Attempts, delivered.Step, delivered.LastError));
    }

    [Fact]
    public async Task The_script_sees_no_secret()
    {
        var protector = Node.Services.GetRequiredService<Parley.Webhooks.Secrets.ISecretProtector>();
        await Node.AddEndpointAsync(Receiver, endpoint => endpoint with
        {
            Transformation = "script",
            ProtectedHeaders = new Dictionary<string, string> { ["X-Canary"] = protector.Protect("canary") },
        });
        _transformer.Result = new TransformationResult.Changed(Receiver.Url, "POST", new Dictionary<string, string>(), "{}"u8.ToArray(), IsRawBody: false);

        await Node.SendAsync();

        Assert.Equal("canary", (await Receiver.NextAsync()).Headers["x-canary"]);
        Assert.Empty(_transformer.Input!.Headers);
    }

    private protected override void AddServices(IServiceCollection services) => services.AddSingleton<ITransformer>(_transformer);

    private async Task<Delivery> ReadAsync(string message, Endpoint endpoint) => (await Node.Store.ReadDeliveryAsync(WebhookNode.Key(message, endpoint)))!;
}
