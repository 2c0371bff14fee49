using System.Net;
using System.Text;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using Parley.Testing;
using Parley.Webhooks.Api;
using Parley.Webhooks.Api.Idempotency;
using Parley.Webhooks.Ids;
using Parley.Webhooks.Secrets;
using Parley.Webhooks.Storage;
using Parley.Webhooks.Tests.Support;

namespace Parley.Webhooks.Tests.Api.Idempotency;

/// <summary>What an Idempotency-Key does while the first call is being made, and when that fails.</summary>
public sealed class CallsUnderWayTests : IAsyncLifetime
{
    private readonly FakeTimeProvider _time = new(DateTimeOffset.UtcNow);
    private ApiHost _host = null!;
    private FaultyStore _faults = null!;
    private Receiver _receiver = null!;

    public async ValueTask InitializeAsync()
    {
        _host = await ApiHost.StartAsync(
            store =>
            {
                (store, _faults) = FaultyStore.Around(store);
                return store;
            },
            addServices: services => services.AddSingleton<TimeProvider>(_time));
        _receiver = await Receiver.StartAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await _host.DisposeAsync();
        await _receiver.DisposeAsync();
    }

    [Theory]
    [InlineData("test")]
    [InlineData("verification")]
    public async Task Of_many_equal_calls_at_once_one_is_made_and_the_others_are_told_that_it_is_under_way(string kind)
    {
        var post = await PostKinds.PrepareAsync(kind, _host, _receiver);
        var answer = new TaskCompletionSource();
        _receiver.Answer(_ => answer.Task);
        var calls = Enumerable.Range(0, 16).Select(_ => post.SendAsync(_host)).ToList();
        var first = calls.ToList();
        for (var index = 0; index < 15; index++)
        {
            var done = await Task.WhenAny(first).WaitAsync(Patience.Limit);
            first.Remove(done);
            Assert.Equal((HttpStatusCode.Conflict, "idempotency_key_in_use", "1"), ((await done).Status, (await done)["code"], (await done).RetryAfter));
        }

        answer.SetResult();

        var made = await first.Single();
        Assert.Equal((HttpStatusCode.OK, false), (made.Status, made.IsReplayed));
        var again = await post.SendAsync(_host);
        Assert.Equal((made.Text, true), (again.Text, again.IsReplayed));
        await _receiver.NextAsync();
        Assert.Equal(0, _receiver.Waiting);
    }

    [Fact]
    public async Task A_call_whose_caller_has_gone_is_made_to_its_end_for_when_the_caller_comes_back()
    {
        var post = await PostKinds.PrepareAsync("test", _host, _receiver);
        var answer = new TaskCompletionSource();
        _receiver.Answer(_ => answer.Task);
        using var patience = new CancellationTokenSource();
        var left = post.SendAsync(_host, cancellationToken: patience.Token);
        await _receiver.NextAsync();
        await patience.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => left);
        Assert.Equal("idempotency_key_in_use", (await post.SendAsync(_host))["code"]);

        answer.SetResult();

        var reply = await Eventually.BecomesAsync(() => post.SendAsync(_host), static reply => reply.Status is HttpStatusCode.OK);
        Assert.Equal(("succeeded", true), (reply["outcome"], reply.IsReplayed));
        Assert.Equal(0, _receiver.Waiting);
    }

    [Fact]
    public async Task A_call_whose_process_has_ended_before_its_answer_is_made_again_when_it_cannot_be_under_way_any_more()
    {
        var post = await PostKinds.PrepareAsync("test", _host, _receiver);
        await AddRecordAsync(post, "k");
        Assert.Equal("idempotency_key_in_use", (await post.SendAsync(_host))["code"]);

        _time.Advance(TimeSpan.FromMinutes(5));

        var made = await post.SendAsync(_host);
        Assert.Equal((HttpStatusCode.OK, false), (made.Status, made.IsReplayed));
        Assert.True((await post.SendAsync(_host)).IsReplayed);
        await _receiver.NextAsync();
        Assert.Equal(0, _receiver.Waiting);
    }

    [Theory]
    [InlineData("endpoint")]
    [InlineData("rotation")]
    [InlineData("test")]
    public async Task A_call_that_cannot_be_stored_is_not_made_and_can_be_repeated(string kind)
    {
        var post = await PostKinds.PrepareAsync(kind, _host, _receiver);
        _faults.FailBy(static method => method is nameof(IWebhookStore.WriteAsync) ? new WebhookStoreException(WebhookStoreProblem.Full, "full") : null);
        Assert.Equal("storage_full", (await post.SendAsync(_host))["code"]);
        Assert.Empty(await _host.Store.ListAllAsync(ResourceKind.Idempotency, Guid.Empty, 10));
        Assert.Equal(0, _receiver.Waiting);

        _faults.FailBy(static _ => null);

        var made = await post.SendAsync(_host);
        Assert.Equal((true, false), ((int)made.Status is 200 or 201, made.IsReplayed));
    }

    [Fact]
    public async Task A_call_that_was_made_is_answered_though_its_answer_cannot_be_kept()
    {
        var post = await PostKinds.PrepareAsync("test", _host, _receiver);
        _receiver.Answer(context =>
        {
            _faults.FailBy(static method => method is nameof(IWebhookStore.WriteAsync) ? new WebhookStoreException(WebhookStoreProblem.Unavailable, "busy") : null);
            context.Response.StatusCode = 204;
            return Task.CompletedTask;
        });

        Assert.Equal("succeeded", (await post.SendAsync(_host))["outcome"]);

        _faults.FailBy(static _ => null);
        Assert.Equal("idempotency_key_in_use", (await post.SendAsync(_host))["code"]);
        await _receiver.NextAsync();
        Assert.Equal(0, _receiver.Waiting);
    }

    [Fact]
    public async Task What_fails_under_way_leaves_nothing_behind()
    {
        var post = await PostKinds.PrepareAsync("verification", _host, _receiver);
        var endpoint = post.Path[..^"/verify".Length];
        _receiver.Answer(async context =>
        {
            await _host.CallAsync("PATCH", endpoint, """{"url":"https://example.com/"}""");
            context.Response.StatusCode = 204;
        });
        Assert.Equal("endpoint_changed", (await post.SendAsync(_host))["code"]);
        Assert.Empty(await _host.Store.ListAllAsync(ResourceKind.Idempotency, Guid.Empty, 10));
        _receiver.Answer(204);

        await _host.CallAsync("PATCH", endpoint, $$"""{"url":"{{_receiver.Url}}"}""");

        var made = await post.SendAsync(_host);
        Assert.Equal(("True", false), (made["verified"], made.IsReplayed));
    }

    /// <summary>What a process leaves that ends in the middle of a call.</summary>
    private async Task AddRecordAsync(Post post, string key)
    {
        WebhookId.TryParse(WebhookId.Application, post.Path.Split('/')[1], out var application);
        var record = new KeptCall
        {
            Id = _host.Services.GetRequiredService<IdGenerator>().Next(),
            Application = application,
            Name = KeyedCall.NameOf(Caller.Operator, PostKinds.Routes["test"], key),
            UnderWayUntil = _time.GetUtcNow().AddMinutes(5),
        };
        var content = new CallContent(KeyedCall.HashOf($"POST /api/webhooks/{post.Path}", Encoding.UTF8.GetBytes(post.Body!)), null);
        Assert.Equal(ResourceWrite.Done, await _host.Store.AddAsync(record.With(content, _host.Services.GetRequiredService<ISecretProtector>()).ToResource()));
    }
}
