using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Parley.Webhooks.Ids;
using Parley.Webhooks.Schemas;
using Parley.Webhooks.Secrets;
using Parley.Webhooks.Storage;

namespace Parley.Webhooks.Api.Idempotency;

/// <summary>Has a call with an Idempotency-Key made once, and answers the same call again with the first answer.</summary>
/// <remarks>What failed is not kept: it has changed nothing, and may succeed the next time.</remarks>
internal sealed partial class IdempotentCalls(
    Calls calls, IWebhookStore store, ISecretProtector protector, IdGenerator ids, IOptions<WebhookOptions> options, TimeProvider time, ILogger<IdempotentCalls> logger)
{
    /// <summary>Bytes of an answer that is kept. Only what a script made of a large payload has more.</summary>
    private const int MaxAnswer = 1024 * 1024;

    /// <summary>How long a call is waited for that was begun: longer than any takes, so that its process has ended.</summary>
    private static readonly TimeSpan Lease = TimeSpan.FromMinutes(5);

    private int MaxBody => ApiCall.MaxEnvelope + Math.Max(SchemaLimits.MaxBytes, options.Value.MaxPayloadBytes + EndpointRules.MaxScript);

    /// <summary>For a call that is one commit, which has <see cref="ApiCall.Record"/> in it: both happen or neither does.</summary>
    public async Task<ApiAnswer> CommitAsync(ApiCall call, string route, Func<ApiCall, Task<ApiAnswer>> handle)
    {
        if (await OpenAsync(call, route) is not { } keyed)
            return await handle(call);
        if (await FindAsync(keyed, call.Aborted) is { } known)
            return known;
        call.Recorder = answer => ResourceChange.Add(RecordOf(keyed).With(new CallContent(keyed.Request, answer.Keep()), protector).ToResource());
        try
        {
            return await handle(call);
        }
        catch (WebhookException)
        {
            // Another with the key may have come first: then its record stood in the way, or what it has made.
            if (await FindAsync(keyed, call.Aborted) is { } earlier)
                return earlier;
            throw;
        }
    }

    /// <summary>For a call that is more than a commit: it is recorded as under way, then made to its end though its caller may have gone, then its answer is kept.</summary>
    public async Task<ApiAnswer> BeginAsync(ApiCall call, string route, Func<ApiCall, Task<ApiAnswer>> handle)
    {
        if (await OpenAsync(call, route) is not { } keyed)
            return await handle(call);
        var (begun, earlier) = await BeginAsync(keyed, call.Aborted);
        if (begun is null)
            return earlier!;
        call.IsDetached = true;
        ApiAnswer answer;
        try
        {
            answer = await handle(call);
        }
        catch
        {
            await TryAsync(() => ForgetAsync(begun));
            throw;
        }

        await TryAsync(() => KeepAsync(begun, keyed, answer.Keep()));
        return answer;
    }

    /// <returns>Null when the call has no key.</returns>
    private async Task<KeyedCall?> OpenAsync(ApiCall call, string route)
    {
        if (call.IdempotencyKey is not { } key)
            return null;
        var application = call.Route("application").Length > 0 ? (await calls.ApplicationAsync(call)).Application.Id : Guid.Empty;
        return new KeyedCall(application, KeyedCall.NameOf(call.Caller, route, key), await call.HashAsync(MaxBody));
    }

    private KeptCall RecordOf(KeyedCall keyed) => new() { Id = ids.Next(), Application = keyed.Application, Name = keyed.Name };

    private async Task<KeptCall?> ReadAsync(KeyedCall keyed, CancellationToken cancellationToken) =>
        await store.FindAsync(ResourceKind.Idempotency, keyed.Application, keyed.Name, cancellationToken) is { } resource ? KeptCall.Read(resource) : null;

    private async Task<ApiAnswer?> FindAsync(KeyedCall keyed, CancellationToken cancellationToken) =>
        await ReadAsync(keyed, cancellationToken) is { } known ? AnswerOf(known, keyed) : null;

    /// <returns>Null when it was begun and its process has ended before its answer.</returns>
    /// <exception cref="WebhookException">It was another request, or is under way.</exception>
    private ApiAnswer? AnswerOf(KeptCall known, KeyedCall keyed)
    {
        var content = known.Open(protector);
        if (content.Request != keyed.Request)
            throw IdempotencyProblems.Reused();
        if (known.UnderWayUntil > time.GetUtcNow())
            throw IdempotencyProblems.InUse();
        return content.Answer is { } answer ? ApiAnswer.Again(answer) : null;
    }

    private async Task<(KeptCall? Begun, ApiAnswer? Earlier)> BeginAsync(KeyedCall keyed, CancellationToken cancellationToken)
    {
        while (true)
        {
            var known = await ReadAsync(keyed, cancellationToken);
            if (known is not null && AnswerOf(known, keyed) is { } earlier)
                return (null, earlier);
            var begun = (known is null ? RecordOf(keyed) : known with { Revision = known.Revision + 1 }) with { UnderWayUntil = time.GetUtcNow() + Lease };
            var resource = begun.With(new CallContent(keyed.Request, null), protector).ToResource();
            var write = known is null ? await store.AddAsync(resource, cancellationToken) : await store.ReplaceAsync(resource, cancellationToken);
            if (write is ResourceWrite.Done)
                return (begun, null);
            if (known is null && write is ResourceWrite.Missing)
                throw WebhookProblem.NotFound("application").ToException();
        }
    }

    private async Task KeepAsync(KeptCall begun, KeyedCall keyed, KeptAnswer answer)
    {
        if (answer.Body?.Length > MaxAnswer)
            await ForgetAsync(begun);
        else
            await store.ReplaceAsync((begun with { Revision = begun.Revision + 1, UnderWayUntil = null }).With(new CallContent(keyed.Request, answer), protector).ToResource());
    }

    private async Task ForgetAsync(KeptCall begun)
    {
        // Later it may be another's.
        if (time.GetUtcNow() < begun.UnderWayUntil)
            await store.RemoveAsync(ResourceKind.Idempotency, begun.Id);
    }

    /// <summary>The call was made, or failed, whatever becomes of its record: it counts as under way until its lease ends.</summary>
    private async Task TryAsync(Func<Task> write)
    {
        try
        {
            await write();
        }
        catch (WebhookStoreException exception)
        {
            LogNotKept(exception);
        }
    }

    [LoggerMessage(EventId = 5115, Level = LogLevel.Warning, Message = "The answer to a call with an Idempotency-Key could not be kept")]
    private partial void LogNotKept(Exception exception);
}
