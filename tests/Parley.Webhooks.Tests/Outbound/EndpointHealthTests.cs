using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Parley.Testing;
using Parley.Webhooks.Applications;
using Parley.Webhooks.Catalog;
using Parley.Webhooks.Deliveries;
using Parley.Webhooks.Endpoints;
using Parley.Webhooks.Ids;
using Parley.Webhooks.Outbound;
using Parley.Webhooks.Storage;
using Parley.Webhooks.Tests.Support;

namespace Parley.Webhooks.Tests.Outbound;

/// <summary>Endpoints that fail for long are disabled, those that are mended are tried at once, and the operator hears of all of it.</summary>
public sealed class EndpointHealthTests : IAsyncLifetime
{
    private const int FailuresToOpen = 20;

    private WebhookNode _node = null!;
    private Receiver _receiver = null!;
    private Receiver _operator = null!;

    public async ValueTask InitializeAsync()
    {
        _node = await WebhookNode.StartAsync(static options => options.OperationalApplication = "operations");
        _receiver = await Receiver.StartAsync();
        _operator = await Receiver.StartAsync();
        var application = Guid.CreateVersion7();
        await _node.Store.AddAsync(new Application { Id = application, Uid = "operations" }.ToResource());
        await _node.AddEndpointAsync(_operator, endpoint => endpoint with { Application = application });
    }

    public async ValueTask DisposeAsync()
    {
        await _node.DisposeAsync();
        await _receiver.DisposeAsync();
        await _operator.DisposeAsync();
    }

    [Fact]
    public async Task An_endpoint_that_fails_for_five_days_is_disabled_and_its_operator_is_told()
    {
        var endpoint = await _node.AddEndpointAsync(_receiver, static endpoint => endpoint with { RetrySchedule = [3600] });
        await FailAsync(endpoint, FailuresToOpen);
        var failing = await Eventually.BecomesAsync(() => ReadAsync(endpoint), static now => now.FailingSince is not null);
        Assert.Equal(EndpointState.Active, failing.State);

        _node.Time.Advance(TimeSpan.FromDays(5));
        await _node.SendAsync();

        var disabled = await Eventually.BecomesAsync(() => ReadAsync(endpoint), static now => now.State is EndpointState.Disabled);
        Assert.Equal(DisabledReason.Failing, disabled.DisabledReason);
        var told = await ToldAsync("endpoint.disabled");
        Assert.Equal("failing", told.GetProperty("reason").GetString());
        Assert.Equal(WebhookId.Format(WebhookId.Endpoint, endpoint.Id), told.GetProperty("endpoint").GetProperty("id").GetString());
        Assert.Equal("acme", told.GetProperty("application").GetProperty("uid").GetString());
    }

    [Fact]
    public async Task An_endpoint_that_gets_little_is_disabled_too_when_its_schedules_are_used_up_for_five_days()
    {
        var endpoint = await _node.AddEndpointAsync(_receiver, static endpoint => endpoint with { RetrySchedule = [] });
        _receiver.Answer(503);
        await _node.DeliveryAsync((await _node.SendAsync()).Id, endpoint, DeliveryState.Failed);
        await Eventually.BecomesAsync(() => ReadAsync(endpoint), static now => now.FailingSince is not null);

        _node.Time.Advance(TimeSpan.FromDays(5));
        await _node.SendAsync();

        var disabled = await Eventually.BecomesAsync(() => ReadAsync(endpoint), static now => now.State is EndpointState.Disabled);
        Assert.Equal(DisabledReason.Failing, disabled.DisabledReason);
    }

    [Fact]
    public async Task An_endpoint_that_takes_all_but_one_message_is_well()
    {
        var endpoint = await _node.AddEndpointAsync(_receiver, static endpoint => endpoint with { RetrySchedule = [], Concurrency = 1 });
        await _node.DeliveryAsync((await _node.SendAsync()).Id, endpoint, DeliveryState.Succeeded);
        _receiver.Answer(500);
        await _node.DeliveryAsync((await _node.SendAsync()).Id, endpoint, DeliveryState.Failed);
        await ToldAsync("message.exhausted");
        _receiver.Answer(200);
        await _node.DeliveryAsync((await _node.SendAsync()).Id, endpoint, DeliveryState.Succeeded);

        Assert.Equal((null, 1), (await ReadAsync(endpoint) is var now ? now.FailingSince : null, now.Revision));
    }

    [Fact]
    public async Task That_an_endpoint_only_fails_is_noted_as_soon_as_the_store_can_note_it()
    {
        FaultyStore faults = null!;
        await using var node = await WebhookNode.StartAsync(wrapStore: inner =>
        {
            (var store, faults) = FaultyStore.Around(inner);
            return store;
        });
        var endpoint = await node.AddEndpointAsync(_receiver, static endpoint => endpoint with { RetrySchedule = [3600] });
        var failed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        faults.FailBy(method =>
        {
            if (method != nameof(IWebhookStore.WriteAsync))
                return null;
            failed.TrySetResult();
            return new WebhookStoreException(WebhookStoreProblem.Unavailable, "It does not answer.");
        });
        _receiver.Answer(500);
        for (var index = 0; index < FailuresToOpen; index++)
            await node.DeliveryAsync((await node.SendAsync()).Id, endpoint, DeliveryState.Waiting);
        await failed.Task.WaitAsync(Patience.Limit);
        faults.FailBy(static _ => null);

        await node.SendAsync();
        node.Time.Advance(TimeSpan.FromSeconds(31));

        await Eventually.BecomesAsync(
            async () => (await node.Store.ReadAsync(ResourceKind.Endpoint, endpoint.Id))!.ToEndpoint(), static now => now.FailingSince is not null);
    }

    [Fact]
    public async Task A_receiver_that_is_gone_is_disabled_as_soon_as_the_store_can_do_it()
    {
        FaultyStore faults = null!;
        await using var node = await WebhookNode.StartAsync(wrapStore: inner =>
        {
            (var store, faults) = FaultyStore.Around(inner);
            return store;
        });
        var endpoint = await node.AddEndpointAsync(_receiver);
        var failures = 0;
        faults.FailBy(method => method == nameof(IWebhookStore.WriteAsync) && Interlocked.Increment(ref failures) <= 3
            ? new WebhookStoreException(WebhookStoreProblem.Full, "No space is left.")
            : null);
        _receiver.Answer(410);

        var receipt = await node.SendAsync();
        await node.PassUntilAsync(
            TimeSpan.FromSeconds(0.25),
            () => node.Store.ReadAsync(ResourceKind.Endpoint, endpoint.Id).AsTask().Result!.ToEndpoint().State is EndpointState.Disabled);

        Assert.Equal(receipt.Id, (await _receiver.NextAsync()).Id);
        Assert.Equal(0, _receiver.Waiting);
        Assert.Single(await node.AttemptsAsync(receipt.Id, endpoint));
    }

    [Fact]
    public async Task An_endpoint_that_is_well_again_is_told_of_and_its_failures_are_forgotten()
    {
        var endpoint = await _node.AddEndpointAsync(_receiver, static endpoint => endpoint with { RetrySchedule = [3600] });
        await FailAsync(endpoint, FailuresToOpen);
        await Eventually.BecomesAsync(() => ReadAsync(endpoint), static now => now.FailingSince is not null);

        _receiver.Answer(200);
        _node.Time.Advance(TimeSpan.FromHours(2));

        Assert.Equal(JsonValueKind.String, (await ToldAsync("endpoint.recovered")).GetProperty("failingSince").ValueKind);
        Assert.Null((await ReadAsync(endpoint)).FailingSince);
    }

    [Fact]
    public async Task A_message_whose_schedule_is_used_up_is_told_of()
    {
        var endpoint = await _node.AddEndpointAsync(_receiver, static endpoint => endpoint with { RetrySchedule = [] });
        _receiver.Answer(500);

        var receipt = await _node.SendAsync(change: static message => message with { Uid = "order-7" });

        var told = await ToldAsync("message.exhausted");
        Assert.Equal((receipt.Id, "order-7"), (told.GetProperty("message").GetProperty("id").GetString(), told.GetProperty("message").GetProperty("uid").GetString()));
        Assert.Equal((500, "status"), (told.GetProperty("delivery").GetProperty("lastStatus").GetInt32(), told.GetProperty("delivery").GetProperty("lastError").GetString()));
        Assert.Equal(WebhookNode.Key(receipt.Id, endpoint).ToString(), told.GetProperty("delivery").GetProperty("id").GetString());
    }

    [Fact]
    public async Task Of_the_operators_own_endpoints_nothing_is_told()
    {
        await _node.AddEndpointAsync(_receiver, static endpoint => endpoint with { RetrySchedule = [] });
        _receiver.Answer(500);
        _operator.Answer(410);

        await _node.SendAsync();
        await ToldAsync("message.exhausted");

        var operations = (await _node.Store.FindAsync(ResourceKind.Application, Guid.Empty, "operations"))!.Id;
        await Eventually.BecomesAsync(
            async () => (await _node.Store.ListAsync(ResourceKind.Endpoint, operations, Guid.Empty, 1))[0].ToEndpoint(),
            static endpoint => endpoint.State is EndpointState.Disabled);
        Assert.Single((await _node.Store.ListMessagesAsync(new MessageQuery { Application = operations, Limit = 10 })).Items);
    }

    [Fact]
    public async Task An_endpoint_that_its_owner_has_mended_is_tried_at_once()
    {
        await using var mended = await Receiver.StartAsync();
        var endpoint = await _node.AddEndpointAsync(_receiver, static endpoint => endpoint with { RetrySchedule = [3600] });
        await FailAsync(endpoint, FailuresToOpen);
        var waiting = await _node.SendAsync();

        await ChangeAsync(endpoint, now => now with { Url = mended.Url, UpdatedAt = _node.Time.GetUtcNow() });

        Assert.Equal(waiting.Id, (await mended.NextAsync()).Id);
    }

    [Fact]
    public async Task A_retry_by_hand_does_not_wait_for_an_endpoint_to_be_well()
    {
        var endpoint = await _node.AddEndpointAsync(_receiver, static endpoint => endpoint with { RetrySchedule = [3600] });
        await FailAsync(endpoint, FailuresToOpen);
        var waiting = await _node.SendAsync();

        _node.Services.GetRequiredService<Dispatcher>().Renew(_node.Application, endpoint.Id);

        Assert.Equal(waiting.Id, (await _receiver.NextAsync()).Id);
    }

    [Fact]
    public async Task An_answer_of_an_old_url_does_not_disable_the_new_one()
    {
        await using var mended = await Receiver.StartAsync();
        var asked = new TaskCompletionSource();
        var answer = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _receiver.Answer(async context =>
        {
            asked.TrySetResult();
            await answer.Task;
            context.Response.StatusCode = 410;
        });
        var endpoint = await _node.AddEndpointAsync(_receiver, static endpoint => endpoint with { RetrySchedule = [1] });
        var receipt = await _node.SendAsync();
        await asked.Task.WaitAsync(Patience.Limit);

        await ChangeAsync(endpoint, now => now with { Url = mended.Url, UpdatedAt = _node.Time.GetUtcNow().AddSeconds(1) });
        answer.SetResult();
        await _node.DeliveryAsync(receipt.Id, endpoint, DeliveryState.Waiting);
        _node.Time.Advance(TimeSpan.FromSeconds(2));

        Assert.Equal(receipt.Id, (await mended.NextAsync()).Id);
        Assert.Equal(EndpointState.Active, (await ReadAsync(endpoint)).State);
    }

    private async Task FailAsync(Endpoint endpoint, int count)
    {
        _receiver.Answer(500);
        for (var index = 0; index < count; index++)
            await _node.DeliveryAsync((await _node.SendAsync()).Id, endpoint, DeliveryState.Waiting);
        await _receiver.NextAsync(count);
    }

    private async Task<JsonElement> ToldAsync(string type)
    {
        var operations = (await _node.Store.FindAsync(ResourceKind.Application, Guid.Empty, "operations"))!.Id;
        while (true)
        {
            var request = await _operator.NextAsync();
            Assert.True(WebhookId.TryParse(WebhookId.Message, request.Id, out var id));
            if ((await _node.Store.ReadMessageAsync(operations, id))!.EventType == type)
                return JsonElement.Parse(request.Body);
        }
    }

    private async Task<Endpoint> ReadAsync(Endpoint endpoint) => (await _node.Store.ReadAsync(ResourceKind.Endpoint, endpoint.Id))!.ToEndpoint();

    private async Task ChangeAsync(Endpoint endpoint, Func<Endpoint, Endpoint> change)
    {
        Endpoint current;
        do
            current = await ReadAsync(endpoint);
        while (await _node.Store.ReplaceAsync((change(current) with { Revision = current.Revision + 1 }).ToResource()) is not ResourceWrite.Done);
        _node.Services.GetRequiredService<WebhookCatalog>().Forget(_node.Application);
        _node.Services.GetRequiredService<Dispatcher>().Poke(_node.Application, endpoint.Id);
    }
}
