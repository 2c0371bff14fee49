using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using Parley.Testing;
using Parley.Webhooks.Tests.Support;
using Parley.Webhooks.Transformations;

namespace Parley.Webhooks.Tests.Outbound;

/// <summary>An endpoint's owner gives it another URL while deliveries wait, and while some are about to be sent.</summary>
public sealed class MovedEndpointTests : IAsyncLifetime
{
    private readonly FakeTimeProvider _time = new(DateTimeOffset.UtcNow);
    private readonly HeldTransformer _transformer = new();
    private ApiHost _host = null!;
    private Receiver _old = null!;
    private Receiver _new = null!;

    public async ValueTask InitializeAsync()
    {
        _host = await ApiHost.StartAsync(addServices: services => services.AddSingleton<TimeProvider>(_time).AddSingleton<ITransformer>(_transformer));
        (_old, _new) = (await Receiver.StartAsync(), await Receiver.StartAsync());
    }

    public async ValueTask DisposeAsync()
    {
        await _host.DisposeAsync();
        await _old.DisposeAsync();
        await _new.DisposeAsync();
    }

    [Fact]
    public async Task What_waits_for_another_attempt_goes_to_the_new_URL_and_nothing_more_to_the_old_one()
    {
        var path = await _host.NewEndpointAsync(_old.Url, """ "retrySchedule":[5,5,5] """);
        _old.Answer(500);
        var sent = new List<string>();
        for (var index = 0; index < 10; index++)
            sent.Add(await SendAsync(path));
        await _old.NextAsync(10);
        await AreWaitingAsync(path, 10);

        Assert.Equal("200", $"{(int)(await _host.CallAsync("PATCH", path, $$"""{"url":"{{_new.Url}}"}""")).Status}");
        _time.Advance(TimeSpan.FromSeconds(10));

        Assert.Equal(sent.Order(), (await _new.NextAsync(10)).Select(static request => request.Id).Order());
        Assert.Equal(0, _old.Waiting);
    }

    [Fact]
    public async Task What_was_about_to_be_sent_goes_to_the_new_URL_at_once_and_is_no_attempt_at_the_old_one()
    {
        var path = await _host.NewEndpointAsync(_old.Url, """ "transformation":"function transform(webhook) { return webhook; }" """);
        var sent = await SendAsync(path);
        await _transformer.IsAskedAsync();

        await _host.CallAsync("PATCH", path, $$"""{"url":"{{_new.Url}}"}""");
        _transformer.Answer();

        Assert.Equal(sent, (await _new.NextAsync()).Id);
        Assert.Equal(0, _old.Waiting);
        var delivery = await Eventually.BecomesAsync(() => _host.CallAsync("GET", $"{path}/deliveries"), static page => page.Text.Contains("succeeded", StringComparison.Ordinal));
        Assert.Equal(1, delivery.Body.GetProperty("data")[0].GetProperty("attempts").GetInt32());
    }

    [Fact]
    public async Task What_was_about_to_be_sent_to_an_endpoint_that_is_disabled_is_not_sent()
    {
        var path = await _host.NewEndpointAsync(_old.Url, """ "transformation":"function transform(webhook) { return webhook; }" """);
        await SendAsync(path);
        await _transformer.IsAskedAsync();

        await _host.CallAsync("PATCH", path, """{"disabled":true}""");
        _transformer.Answer();

        await Eventually.BecomesAsync(() => _host.CallAsync("GET", $"{path}/deliveries"), static page => page.Text.Contains("cancelled", StringComparison.Ordinal));
        Assert.Equal(0, _old.Waiting);
    }

    private async Task<string> SendAsync(string path) => (await _host.CallAsync(
        "POST", path[..path.IndexOf("/endpoints", StringComparison.Ordinal)] + "/messages", """{"eventType":"order.created","payload":{}}"""))["id"]!;

    private Task AreWaitingAsync(string path, int count) => Eventually.BecomesAsync(
        () => _host.CallAsync("GET", $"{path}/deliveries?state=waiting"), page => page.Body.GetProperty("data").GetArrayLength() == count);

    /// <summary>Takes as long as a test wants, and changes nothing.</summary>
    private sealed class HeldTransformer : ITransformer
    {
        private readonly TaskCompletionSource _asked = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly TaskCompletionSource _answer = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task IsAskedAsync() => _asked.Task.WaitAsync(Patience.Limit);

        public void Answer() => _answer.SetResult();

        public async ValueTask<TransformationResult> TransformAsync(string script, TransformationInput input, CancellationToken cancellationToken)
        {
            _asked.TrySetResult();
            await _answer.Task.WaitAsync(cancellationToken);
            return new TransformationResult.Changed(input.Url, input.Method, input.Headers, input.Payload, IsRawBody: false);
        }

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
