using Microsoft.Extensions.DependencyInjection;
using Parley.Testing;
using Parley.Webhooks.Catalog;
using Parley.Webhooks.Ids;
using Parley.Webhooks.Replays;
using Parley.Webhooks.Tests.Support;

namespace Parley.Webhooks.Tests.Api.Idempotency;

/// <summary>Every kind of POST beside messages, ready to be called: what it needs is there.</summary>
internal static class PostKinds
{
    public static IReadOnlyDictionary<string, string> Routes { get; } = new Dictionary<string, string>
    {
        ["application"] = "/applications",
        ["key"] = "/applications/{application}/keys",
        ["event type"] = "/event-types",
        ["endpoint"] = "/applications/{application}/endpoints",
        ["rotation"] = "/applications/{application}/endpoints/{endpoint}/secret/rotate",
        ["verification"] = "/applications/{application}/endpoints/{endpoint}/verify",
        ["test"] = "/applications/{application}/endpoints/{endpoint}/test",
        ["simulation of an endpoint"] = "/applications/{application}/endpoints/{endpoint}/transform/simulate",
        ["simulation"] = "/applications/{application}/transform/simulate",
        ["replay"] = "/applications/{application}/endpoints/{endpoint}/replays",
        ["cancelled replay"] = "/applications/{application}/endpoints/{endpoint}/replays/{replay}/cancel",
        ["retry"] = "/applications/{application}/deliveries/{delivery}/retry",
    };

    /// <param name="kind">One of <see cref="Routes"/>.</param>
    /// <param name="host">Where.</param>
    /// <param name="receiver">Where endpoints lead.</param>
    public static async Task<Post> PrepareAsync(string kind, ApiHost host, Receiver receiver)
    {
        var endpoint = await host.NewEndpointAsync(receiver.Url, "\"retrySchedule\":[]");
        var application = string.Join('/', endpoint.Split('/').Take(2));
        return kind switch
        {
            "application" => new("applications", """{"name":"Acme"}"""),
            "key" => new($"{application}/keys", """{"name":"portal"}"""),
            "event type" => new("event-types", $$"""{"name":"some.type{{Guid.NewGuid():N}}"}"""),
            "endpoint" => new($"{application}/endpoints", $$"""{"url":"{{receiver.Url}}"}"""),
            "rotation" => new($"{endpoint}/secret/rotate", "{}"),
            "verification" => new($"{endpoint}/verify", """{"method":"ping"}"""),
            "test" => new($"{endpoint}/test", "{}"),
            "simulation of an endpoint" => new($"{endpoint}/transform/simulate", """{"script":"x"}"""),
            "simulation" => new($"{application}/transform/simulate", """{"script":"x"}"""),
            "replay" => new($"{endpoint}/replays", """{"scope":"missing","since":"2026-01-01T00:00:00Z","dryRun":true}"""),
            "cancelled replay" => new($"{endpoint}/replays/{await AddReplayAsync(host, endpoint)}/cancel", null),
            _ => new($"{application}/deliveries/{await FailAsync(host, receiver, application)}/retry", null),
        };
    }

    /// <summary>One that another node works on, so that it is running for as long as a test wants.</summary>
    private static async Task<string> AddReplayAsync(ApiHost host, string endpoint)
    {
        WebhookId.TryParse(WebhookId.Application, endpoint.Split('/')[1], out var application);
        WebhookId.TryParse(WebhookId.Endpoint, endpoint.Split('/')[3], out var id);
        var replay = new Replay
        {
            Id = host.Services.GetRequiredService<IdGenerator>().Next(),
            Application = application,
            Endpoint = id,
            Scope = ReplayScope.All,
            Since = DateTimeOffset.UnixEpoch,
            Until = DateTimeOffset.UnixEpoch,
            LeasedUntil = DateTimeOffset.MaxValue,
        };
        await host.Store.WriteAsync([Storage.ResourceChange.Add(replay.ToResource())]);
        return WebhookId.Format(WebhookId.Replay, replay.Id);
    }

    private static async Task<string> FailAsync(ApiHost host, Receiver receiver, string application)
    {
        receiver.Answer(500);
        var message = (await host.CallAsync("POST", application + "/messages", """{"eventType":"a","payload":{}}"""))["id"];
        var deliveries = await Eventually.BecomesAsync(
            () => host.CallAsync("GET", $"{application}/messages/{message}/deliveries?state=failed"), static list => list.Body.GetProperty("data").GetArrayLength() == 1);
        await receiver.NextAsync();
        receiver.Answer(204);
        return deliveries.Body.GetProperty("data")[0].GetProperty("id").GetString()!;
    }
}

/// <summary>A call.</summary>
internal sealed record Post(string Path, string? Body)
{
    public Task<ApiReply> SendAsync(ApiHost host, string? key = "k", string apiKey = ApiHost.OperatorKey, CancellationToken cancellationToken = default) =>
        host.CallAsync("POST", Path, Body, apiKey, idempotencyKey: key, cancellationToken: cancellationToken);
}
