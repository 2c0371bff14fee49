using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Parley.Testing;
using Parley.Webhooks.Api;
using Parley.Webhooks.Deliveries;
using Parley.Webhooks.Storage;
using Parley.Webhooks.Tests.Support;

namespace Parley.Webhooks.Tests.Diagnostics;

/// <summary>What can be measured, and what each figure says: a partner that is down must not look like a server that hangs.</summary>
public sealed class WebhookMetricsTests : IAsyncLifetime
{
    private readonly ConcurrentDictionary<string, ConcurrentQueue<double>> _measured = new();
    private readonly ConcurrentQueue<(string Instrument, string Label, object? Value)> _labels = new();
    private readonly MeterListener _listener = new();
    private FaultyStore _faults = null!;
    private WebhookNode _node = null!;
    private Receiver _receiver = null!;

    public async ValueTask InitializeAsync()
    {
        _node = await WebhookNode.StartAsync(wrapStore: inner =>
        {
            (var store, _faults) = FaultyStore.Around(inner);
            return store;
        });
        _receiver = await Receiver.StartAsync();
        var factory = _node.Services.GetRequiredService<IMeterFactory>();
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument.Meter.Name == "Parley.Webhooks" && instrument.Meter.Scope == factory)
                listener.EnableMeasurementEvents(instrument);
        };
        _listener.SetMeasurementEventCallback<int>((instrument, value, _, _) => Keep(instrument, value));
        _listener.SetMeasurementEventCallback<long>((instrument, value, labels, _) =>
        {
            foreach (var (label, labelled) in labels)
                _labels.Enqueue((instrument.Name, label, labelled));
            Keep(instrument, value);
        });
        _listener.SetMeasurementEventCallback<double>((instrument, value, _, _) => Keep(instrument, value));
        _listener.Start();
    }

    public async ValueTask DisposeAsync()
    {
        _listener.Dispose();
        await _node.DisposeAsync();
        await _receiver.DisposeAsync();
    }

    [Fact]
    public async Task All_that_happens_to_a_message_is_measured()
    {
        var endpoint = await _node.AddEndpointAsync(_receiver);

        await _node.DeliveryAsync((await _node.SendAsync()).Id, endpoint, DeliveryState.Succeeded);
        await Eventually.BecomesAsync(() => Task.FromResult(_measured.ContainsKey("parley.webhooks.deliveries")), static isThere => isThere);
        _listener.RecordObservableInstruments();

        Assert.Equal(
            [
                "parley.webhooks.accept.duration", "parley.webhooks.accepted", "parley.webhooks.attempt.duration", "parley.webhooks.attempts",
                "parley.webhooks.deliveries", "parley.webhooks.first_attempt.delay", "parley.webhooks.lanes.depth", "parley.webhooks.oldest_due.age",
                "parley.webhooks.sqlite.log.size", "parley.webhooks.stalled.age",
            ],
            _measured.Keys.Order());
    }

    [Fact]
    public async Task Labels_have_the_names_of_the_API()
    {
        var endpoint = await _node.AddEndpointAsync(_receiver, static endpoint => endpoint with { BodySchema = new(JsonElement.Parse("""{"type":"string"}""")) });
        await _node.DeliveryAsync((await _node.SendAsync("\"fits\"")).Id, endpoint, DeliveryState.Succeeded);
        await _node.DeliveryAsync((await _node.SendAsync("1")).Id, endpoint, DeliveryState.Failed);

        (string, string, object?)[] expected =
        [
            ("parley.webhooks.attempts", "outcome", "succeeded"), ("parley.webhooks.attempts", "outcome", "bodySchema"),
            ("parley.webhooks.deliveries", "state", "succeeded"), ("parley.webhooks.deliveries", "state", "failed"),
        ];
        await Eventually.BecomesAsync(() => Task.FromResult(_labels.Where(expected.Contains).Distinct().Count()), count => count == expected.Length);
        Assert.Empty(_labels.Except(expected));
    }

    [Fact]
    public void Names_are_made_once_and_not_for_each_attempt() =>
        Assert.All(Enum.GetValues<DeliveryError>(), static error => Assert.Same(ApiNames.Of(error), ApiNames.Of(error)));

    [Fact]
    public async Task What_was_meant_for_later_has_no_delay_until_then()
    {
        var endpoint = await _node.AddEndpointAsync(_receiver, static endpoint => endpoint with { TimeoutSeconds = 3600 });
        var later = await _node.SendAsync(change: message => message with { DeliverAt = _node.Time.GetUtcNow().AddDays(3) });

        _node.Time.Advance(TimeSpan.FromDays(3));
        await _node.DeliveryAsync(later.Id, endpoint, DeliveryState.Succeeded);

        var delays = await Eventually.BecomesAsync(
            () => Task.FromResult(_measured.GetValueOrDefault("parley.webhooks.first_attempt.delay")), static delays => delays?.IsEmpty == false);
        Assert.InRange(Assert.Single(delays!), 0, 60);
    }

    [Fact]
    public async Task A_partner_that_is_down_does_not_look_like_a_server_that_hangs()
    {
        var endpoint = await _node.AddEndpointAsync(_receiver, static endpoint => endpoint with { EventTypes = ["to.partner"], RetrySchedule = [7200] });
        _receiver.Answer(503, ("Retry-After", "3600"));
        await _node.DeliveryAsync((await _node.SendAsync(eventType: "to.partner")).Id, endpoint, DeliveryState.Waiting);
        await _node.SendAsync(eventType: "to.partner");

        _node.Time.Advance(TimeSpan.FromMinutes(30));
        await BecomesAsync("parley.webhooks.stalled.age", static age => age == 0);
        Assert.InRange(Measure("parley.webhooks.oldest_due.age"), 1800, 3600);

        _faults.FailBy(static method => method == nameof(IWebhookStore.ClaimAsync)
            ? new WebhookStoreException(WebhookStoreProblem.Unavailable, "It does not answer.")
            : null);
        await _node.AddEndpointAsync(_receiver, static endpoint => endpoint with { EventTypes = ["to.other"], Ordered = true });
        await _node.SendAsync(eventType: "to.other");
        _node.Time.Advance(TimeSpan.FromMinutes(2));
        Assert.InRange(await BecomesAsync("parley.webhooks.stalled.age", static age => age > 0), 120, 300);

        _faults.FailBy(static _ => null);
        await BecomesAsync("parley.webhooks.stalled.age", age =>
        {
            // The lane tries again after a second.
            _node.Time.Advance(TimeSpan.FromSeconds(age > 0 ? 1 : 0));
            return age == 0;
        });
    }

    [Fact]
    public async Task What_a_rate_or_the_order_holds_back_does_not_look_so_either()
    {
        var endpoint = await _node.AddEndpointAsync(_receiver, static endpoint => endpoint with { EventTypes = ["in.order"], Ordered = true, RetrySchedule = [7200] });
        await _node.AddEndpointAsync(_receiver, static endpoint => endpoint with { EventTypes = ["by.rate"], RateLimit = 1, TimeoutSeconds = 3600 });
        _receiver.Answer(context =>
        {
            context.Response.StatusCode = Receiver.BodyOf(context).SequenceEqual("\"order\""u8) ? 500 : 200;
            return Task.CompletedTask;
        });
        await _node.DeliveryAsync((await _node.SendAsync("\"order\"", "in.order")).Id, endpoint, DeliveryState.Waiting);
        await _node.SendAsync("\"order\"", "in.order");
        for (var index = 0; index < 5; index++)
            await _node.SendAsync("\"rate\"", "by.rate");
        await _receiver.NextAsync(2);

        for (var second = 0; second < 4; second++)
        {
            _node.Time.Advance(TimeSpan.FromSeconds(1));
            await _receiver.NextAsync();
        }

        _node.Time.Advance(TimeSpan.FromMinutes(5));
        await BecomesAsync("parley.webhooks.stalled.age", static age => age == 0);
    }

    private void Keep(Instrument instrument, double value) => _measured.GetOrAdd(instrument.Name, static _ => new()).Enqueue(value);

    private double Measure(string name)
    {
        _listener.RecordObservableInstruments();
        return _measured[name].Last();
    }

    private Task<double> BecomesAsync(string name, Predicate<double> isExpected) => Eventually.BecomesAsync(() => Task.FromResult(Measure(name)), isExpected);
}
