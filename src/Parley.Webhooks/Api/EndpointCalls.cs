using Microsoft.Extensions.Options;
using Parley.Webhooks.Api.Models;
using Parley.Webhooks.Catalog;
using Parley.Webhooks.Endpoints;
using Parley.Webhooks.Events;
using Parley.Webhooks.Ids;
using Parley.Webhooks.Outbound;
using Parley.Webhooks.Schemas;
using Parley.Webhooks.Secrets;
using Parley.Webhooks.Signing;
using Parley.Webhooks.Storage;
using Parley.Webhooks.Verification;

namespace Parley.Webhooks.Api;

/// <summary>Calls about endpoints and their secrets.</summary>
internal sealed class EndpointCalls(
    Calls calls, EndpointRules rules, IWebhookStore store, WebhookCatalog catalog, Dispatcher dispatcher, IdGenerator ids, ISecretProtector protector, OperationalEvents events,
    IOptions<WebhookOptions> options, TimeProvider time)
{
    private const int DefaultOverlap = 24 * 3600;
    private const int LongestOverlap = 7 * 24 * 3600;
    private const int MaxSecrets = 5;

    public async Task<ApiAnswer> CreateAsync(ApiCall call)
    {
        var entry = await calls.ApplicationAsync(call);
        var (body, fields) = await call.ReadChangeAsync(ApiJson.Default.EndpointBody, SchemaLimits.MaxBytes);
        var now = time.GetUtcNow();
        var errors = new List<FieldError>();
        var blank = new Endpoint { Id = ids.Next(), Application = entry.Application.Id, CreatedAt = now };
        var endpoint = rules.Apply(blank, body, new HashSet<string>([.. fields, "url"]), errors);
        endpoint = Switch(blank, endpoint, body, fields, entry.Application.Verification, now) with { Secrets = [rules.Secret(endpoint, body.Secret, "/secret", now, errors)], UpdatedAt = now };
        Require(errors);
        var answer = Answer(201, endpoint);
        var most = options.Value.MaxEndpoints;
        switch (await store.WriteAsync([.. call.Record(answer), ResourceChange.Add(endpoint.ToResource(), most)], cancellationToken: call.Aborted))
        {
            case ResourceWrite.Full:
                throw WebhookProblem.Conflict("too_many_endpoints", $"An application may have {most} endpoints.").ToException();
            case ResourceWrite.NameTaken:
                throw UidTaken();
            case ResourceWrite.Missing:
                throw WebhookProblem.NotFound("application").ToException();
        }

        catalog.Forget(entry.Application.Id);
        return answer;
    }

    public async Task<ApiAnswer> ChangeAsync(ApiCall call)
    {
        var (body, fields) = await call.ReadChangeAsync(ApiJson.Default.EndpointBody, SchemaLimits.MaxBytes);
        if (fields.Contains("secret"))
            throw WebhookProblem.Invalid("/secret", "is changed by secret/rotate").ToException();
        var required = (await calls.ApplicationAsync(call)).Application.Verification;
        return Answer(200, await ChangeAsync(call, current =>
        {
            var errors = new List<FieldError>();
            var now = time.GetUtcNow();
            var changed = Switch(current, rules.Apply(current, body, fields, errors), body, fields, required, now) with { UpdatedAt = now };
            if (errors.Count == 0 && fields.Contains("signature"))
                CheckSecrets(current, changed, errors);
            Require(errors);
            return changed;
        }));
    }

    public async Task<ApiAnswer> ReadAsync(ApiCall call) => Answer(200, await calls.EndpointAsync(call));

    public async Task<ApiAnswer> ListAsync(ApiCall call)
    {
        var application = (await calls.ApplicationAsync(call)).Application.Id;
        var limit = call.Limit;
        var page = await store.ListAsync(
            ResourceKind.Endpoint, application, call.CursorId(WebhookId.Endpoint) ?? Guid.Empty, limit + 1, call.Aborted);
        var shown = page.Take(limit).Select(static resource => EndpointView.Of(resource.ToEndpoint())).ToList();
        return ApiAnswer.Of(200, new ListView<EndpointView>(shown, page.Count > limit ? shown[^1].Id : null), ApiJson.Default.ListViewEndpointView);
    }

    public async Task<ApiAnswer> RemoveAsync(ApiCall call)
    {
        var endpoint = await calls.EndpointAsync(call);
        await store.RemoveAsync(ResourceKind.Endpoint, endpoint.Id, call.Aborted);
        catalog.Forget(endpoint.Application);
        dispatcher.Drop(endpoint.Id);
        return ApiAnswer.NoContent;
    }

    public async Task<ApiAnswer> ReadSecretAsync(ApiCall call) => Secrets(await calls.EndpointAsync(call));

    /// <summary>Signs with a new secret, and with the old ones for a while.</summary>
    public async Task<ApiAnswer> RotateSecretAsync(ApiCall call)
    {
        var body = await call.ReadAsync(ApiJson.Default.RotationBody);
        if (body.Overlap is < 0 or > LongestOverlap)
            throw WebhookProblem.Invalid("/overlap", $"must be 0 to {LongestOverlap} seconds").ToException();
        return Secrets(await ChangeAsync(call, current =>
        {
            var errors = new List<FieldError>();
            var now = time.GetUtcNow();
            var end = now.AddSeconds(body.Overlap ?? DefaultOverlap);
            var secret = rules.Secret(current, body.Secret, "/secret", now, errors);
            Require(errors);
            var old = current.Secrets.Select(one => one with { ExpiresAt = one.ExpiresAt < end ? one.ExpiresAt : end }).Where(one => one.ExpiresAt > now);
            return current with { Secrets = [secret, .. old.Take(MaxSecrets - 1)], UpdatedAt = now };
        }, Secrets));
    }

    /// <summary>Changes the endpoint that the address names, as it is when it is written.</summary>
    /// <param name="call">The call.</param>
    /// <param name="change">What becomes of it.</param>
    /// <param name="answer">What the call is answered with, of one that is kept in the same commit.</param>
    public async Task<Endpoint> ChangeAsync(ApiCall call, Func<Endpoint, Endpoint> change, Func<Endpoint, ApiAnswer>? answer = null)
    {
        var id = (await calls.EndpointAsync(call)).Id;
        while (true)
        {
            var current = (await store.ReadAsync(ResourceKind.Endpoint, id, call.Aborted))?.ToEndpoint() ?? throw WebhookProblem.NotFound("endpoint").ToException();
            var changed = change(current) with { Revision = current.Revision + 1 };
            if (changed.Url != current.Url || changed.State != current.State)
                changed = changed with { FailingSince = null };
            var notice = changed.State == current.State ? null : changed.State switch
            {
                EndpointState.Disabled => await events.DisabledAsync(changed),
                EndpointState.Active => await events.EnabledAsync(changed),
                _ => null,
            };
            var record = answer is null ? [] : call.Record(answer(changed));
            var write = await store.WriteAsync([.. record, ResourceChange.Replace(changed.ToResource())], notice, call.Aborted);
            catalog.Forget(changed.Application);
            if (write is ResourceWrite.NameTaken)
                throw UidTaken();
            if (write is not ResourceWrite.Done)
                continue;
            dispatcher.Poke(changed.Application, changed.Id);
            if (notice is not null)
                dispatcher.Poke(notice);
            return changed;
        }
    }

    /// <summary>Whether it is active after a change. A proof holds for an origin, and nobody who must prove something becomes active without.</summary>
    private static Endpoint Switch(
        Endpoint before, Endpoint after, EndpointBody body, IReadOnlySet<string> fields, VerificationMethod required, DateTimeOffset now)
    {
        var isMoved = EndpointVerification.OriginOf(before.Url) != EndpointVerification.OriginOf(after.Url);
        if (isMoved)
            after = after with { Verification = null };
        if (fields.Contains("disabled") ? body.Disabled ?? false : before.State is EndpointState.Disabled)
        {
            return before.State is EndpointState.Disabled
                ? after
                : after with { State = EndpointState.Disabled, DisabledReason = DisabledReason.Requested, DisabledAt = now };
        }

        var mustProve = required is not VerificationMethod.None && after.Verification is null && (isMoved || before.State is not EndpointState.Active);
        return after with { State = mustProve ? EndpointState.Pending : EndpointState.Active, DisabledReason = null, DisabledAt = null };
    }

    /// <summary>A secret of one kind may be none of the other.</summary>
    private void CheckSecrets(Endpoint before, Endpoint after, List<FieldError> errors)
    {
        // As a secret to share it would be shown.
        if (IsOfPrivateKeys(before.Scheme) && !IsOfPrivateKeys(after.Scheme))
        {
            errors.Add(new("/signature", "must be one of Ed25519: the endpoint signs with a private key. Make another endpoint for another kind"));
            return;
        }

        foreach (var secret in after.Secrets)
            rules.Secret(after, protector.Unprotect(secret.Protected), "/signature", secret.CreatedAt, errors);
    }

    private static bool IsOfPrivateKeys(SignatureScheme? scheme) => scheme?.Algorithm is SignatureAlgorithm.Ed25519;

    private ApiAnswer Secrets(Endpoint endpoint)
    {
        var now = time.GetUtcNow();
        var shown = endpoint.Secrets.Where(secret => secret.ExpiresAt is null || secret.ExpiresAt > now)
            .Select(secret => new SecretEntryView(Verifying(endpoint, protector.Unprotect(secret.Protected)), secret.CreatedAt, secret.ExpiresAt)).ToList();
        return ApiAnswer.Of(200, new SecretView(shown), ApiJson.Default.SecretView);
    }

    // A private key stays here: receivers need the public one.
    private static string Verifying(Endpoint endpoint, string secret)
    {
        if (endpoint.Scheme is { } scheme)
            return IsOfPrivateKeys(scheme) ? WebhookKey.PublicKeyPrefix + Convert.ToBase64String(SchemeSigner.PublicKeyOf(scheme, secret)) : secret;
        return WebhookKey.TryParse(secret, out var key) ? key.VerificationKey.Export() : secret;
    }

    private static void Require(List<FieldError> errors)
    {
        if (errors.Count > 0)
            throw WebhookProblem.Invalid(errors).ToException();
    }

    private static WebhookException UidTaken() => WebhookProblem.Conflict("uid_taken", "Another endpoint of the application has this uid.").ToException();

    private static ApiAnswer Answer(int status, Endpoint endpoint) => ApiAnswer.Of(status, EndpointView.Of(endpoint), ApiJson.Default.EndpointView);
}
