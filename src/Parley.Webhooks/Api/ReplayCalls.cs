using Parley.Webhooks.Api.Idempotency;
using Parley.Webhooks.Api.Models;
using Parley.Webhooks.Catalog;
using Parley.Webhooks.Endpoints;
using Parley.Webhooks.EventTypes;
using Parley.Webhooks.Ids;
using Parley.Webhooks.Messages;
using Parley.Webhooks.Replays;
using Parley.Webhooks.Storage;

namespace Parley.Webhooks.Api;

/// <summary>Calls about replays.</summary>
internal sealed class ReplayCalls(Calls calls, IWebhookStore store, ReplayRunner runner, IdGenerator ids, TimeProvider time)
{
    public async Task<ApiAnswer> CreateAsync(ApiCall call)
    {
        var endpoint = await calls.EndpointAsync(call);
        var body = await call.ReadAsync(ApiJson.Default.ReplayBody);
        var now = time.GetUtcNow();
        var errors = new List<FieldError>();
        if (!ApiNames.TryRead<ReplayScope>(body.Scope ?? "failed", out var scope))
            errors.Add(new("/scope", $"must be one of {ApiNames.All<ReplayScope>()}"));
        if (body.Since is null)
            errors.Add(new("/since", "is missing: a time, as 2026-11-27T12:00:00Z"));
        if (body.Until <= body.Since || body.Since >= now)
            errors.Add(new("/since", "must be in the past, and before until"));
        if (body.EventType is { } type && !EventTypeName.IsPattern(type))
            errors.Add(new("/eventType", "must be an event type, as invoice.paid, or invoice.*"));
        if (body.Channel is { Length: 0 or > 128 })
            errors.Add(new("/channel", "must have 1 to 128 characters"));
        else if (MessageRules.HasZero(body.Channel))
            errors.Add(new("/channel", MessageRules.NoZero));
        if (errors.Count > 0)
            throw WebhookProblem.Invalid(errors).ToException();
        if (endpoint.State is EndpointState.Pending)
            throw Calls.EndpointPending();
        if (endpoint.State is not EndpointState.Active)
            throw WebhookProblem.Conflict("endpoint_disabled", "The endpoint is disabled.").ToException();
        var replay = new Replay
        {
            Id = ids.Next(),
            Application = endpoint.Application,
            Endpoint = endpoint.Id,
            Scope = scope,
            Since = body.Since!.Value,
            Until = body.Until is { } until && until < now ? until : now,
            EventType = body.EventType,
            Channel = body.Channel,
            DryRun = body.DryRun ?? false,
            CreatedAt = now,
            UpdatedAt = now,
        };
        var answer = Answer(202, replay);
        switch (await store.WriteAsync([.. call.Record(answer), ResourceChange.Add(replay.ToResource())], cancellationToken: call.Aborted))
        {
            case ResourceWrite.Missing:
                throw WebhookProblem.NotFound("application").ToException();
            case ResourceWrite.NameTaken:
                throw WebhookProblem.Conflict("replay_running", "Another replay of the endpoint is running.").ToException();
        }

        runner.Look();
        return answer;
    }

    public async Task<ApiAnswer> ListAsync(ApiCall call)
    {
        var endpoint = await calls.EndpointAsync(call);
        var page = await store.PageAsync(
            ResourceKind.Replay, endpoint.Application, call.CursorId(WebhookId.Replay), call.Limit,
            resource => resource.ToReplay() is { } replay && replay.Endpoint == endpoint.Id ? ReplayView.Of(replay) : null, call.Aborted);
        var next = page.Next is { } last ? WebhookId.Format(WebhookId.Replay, last) : null;
        return ApiAnswer.Of(200, new ListView<ReplayView>(page.Items, next), ApiJson.Default.ListViewReplayView);
    }

    public async Task<ApiAnswer> ReadAsync(ApiCall call) => Answer(200, await ReplayAsync(call, await calls.EndpointAsync(call)));

    /// <summary>Ends a replay. What it has done stays.</summary>
    public async Task<ApiAnswer> CancelAsync(ApiCall call)
    {
        var endpoint = await calls.EndpointAsync(call);
        while (true)
        {
            var replay = await ReplayAsync(call, endpoint);
            if (replay.State is not ReplayState.Running)
                return Answer(200, replay);
            var cancelled = replay with { State = ReplayState.Cancelled, Revision = replay.Revision + 1, UpdatedAt = time.GetUtcNow() };
            var answer = Answer(200, cancelled);
            switch (await store.WriteAsync([.. call.Record(answer), ResourceChange.Replace(cancelled.ToResource())], cancellationToken: call.Aborted))
            {
                case ResourceWrite.Done:
                    return answer;
                case ResourceWrite.NameTaken:
                    throw IdempotencyProblems.InUse();
            }
        }
    }

    private async Task<Replay> ReplayAsync(ApiCall call, Endpoint endpoint)
    {
        var id = call.RouteId("replay", WebhookId.Replay, "replay");
        return (await store.ReadAsync(ResourceKind.Replay, id, call.Aborted))?.ToReplay() is { } replay && replay.Endpoint == endpoint.Id
            ? replay
            : throw WebhookProblem.NotFound("replay").ToException();
    }

    private static ApiAnswer Answer(int status, Replay replay) => ApiAnswer.Of(status, ReplayView.Of(replay), ApiJson.Default.ReplayView);
}
