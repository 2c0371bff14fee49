using Microsoft.Extensions.Options;
using Parley.Webhooks.Api.Idempotency;
using Parley.Webhooks.Api.Models;
using Parley.Webhooks.Applications;
using Parley.Webhooks.Catalog;
using Parley.Webhooks.Endpoints;
using Parley.Webhooks.Ids;
using Parley.Webhooks.Messages;
using Parley.Webhooks.Outbound;
using Parley.Webhooks.Storage;

namespace Parley.Webhooks.Api;

/// <summary>Calls about applications and their keys.</summary>
internal sealed class ApplicationCalls(
    Calls calls, IWebhookStore store, WebhookCatalog catalog, Dispatcher dispatcher, EndpointSwitch endpoints, AcceptLimits limits, IdGenerator ids,
    IOptions<WebhookOptions> options, TimeProvider time)
{
    public async Task<ApiAnswer> CreateAsync(ApiCall call)
    {
        Calls.RequireOperator(call);
        var body = await call.ReadAsync(ApiJson.Default.ApplicationBody);
        var now = time.GetUtcNow();
        var application = Apply(new Application { Id = ids.Next(), CreatedAt = now }, body, Fields(body), now);
        var answer = Answer(201, application);
        if (await store.WriteAsync([.. call.Record(answer), ResourceChange.Add(application.ToResource())], cancellationToken: call.Aborted) is ResourceWrite.NameTaken)
            throw UidTaken();
        return answer;
    }

    /// <summary>Makes the application with a uid, or changes it.</summary>
    public async Task<ApiAnswer> UpsertAsync(ApiCall call)
    {
        Calls.RequireOperator(call);
        var uid = call.Route("application");
        if (WebhookId.TryParse(WebhookId.Application, uid, out _))
            return await ChangeAsync(call);
        var (body, fields) = await call.ReadChangeAsync(ApiJson.Default.ApplicationBody);
        while (true)
        {
            var now = time.GetUtcNow();
            var known = (await store.FindAsync(ResourceKind.Application, Guid.Empty, uid, call.Aborted))?.ToApplication();
            var changed = Apply(known is null ? new Application { Id = ids.Next(), CreatedAt = now } : known with { Revision = known.Revision + 1 },
                body with { Uid = uid }, new HashSet<string>([.. fields, "uid"]), now);
            var write = known is null ? await store.AddAsync(changed.ToResource(), call.Aborted) : await store.ReplaceAsync(changed.ToResource(), call.Aborted);
            catalog.Forget(changed.Id);
            if (write is not ResourceWrite.Done)
                continue;
            await ReleaseAsync(changed, call.Aborted);
            return Answer(known is null ? 201 : 200, changed);
        }
    }

    public async Task<ApiAnswer> ChangeAsync(ApiCall call)
    {
        Calls.RequireOperator(call);
        var id = (await calls.ApplicationAsync(call)).Application.Id;
        var (body, fields) = await call.ReadChangeAsync(ApiJson.Default.ApplicationBody);
        while (true)
        {
            var known = (await store.ReadAsync(ResourceKind.Application, id, call.Aborted))?.ToApplication()
                ?? throw WebhookProblem.NotFound("application").ToException();
            var changed = Apply(known with { Revision = known.Revision + 1 }, body, fields, time.GetUtcNow());
            var write = await store.ReplaceAsync(changed.ToResource(), call.Aborted);
            catalog.Forget(id);
            if (write is ResourceWrite.NameTaken)
                throw UidTaken();
            if (write is not ResourceWrite.Done)
                continue;
            await ReleaseAsync(changed, call.Aborted);
            return Answer(200, changed);
        }
    }

    public async Task<ApiAnswer> ReadAsync(ApiCall call) => Answer(200, (await calls.ApplicationAsync(call)).Application);

    public async Task<ApiAnswer> ListAsync(ApiCall call)
    {
        Calls.RequireOperator(call);
        var limit = call.Limit;
        var page = await store.ListAsync(
            ResourceKind.Application, Guid.Empty, call.CursorId(WebhookId.Application) ?? Guid.Empty, limit + 1, call.Aborted);
        var shown = page.Take(limit).Select(static resource => ApplicationView.Of(resource.ToApplication())).ToList();
        return ApiAnswer.Of(200, new ListView<ApplicationView>(shown, page.Count > limit ? shown[^1].Id : null), ApiJson.Default.ListViewApplicationView);
    }

    public async Task<ApiAnswer> RemoveAsync(ApiCall call)
    {
        Calls.RequireOperator(call);
        var entry = await calls.ApplicationAsync(call);
        await store.RemoveAsync(ResourceKind.Application, entry.Application.Id, call.Aborted);
        catalog.Forget(entry.Application.Id);
        limits.Forget(entry.Application.Id);
        foreach (var endpoint in entry.Endpoints.Keys)
            dispatcher.Drop(endpoint);
        return ApiAnswer.NoContent;
    }

    public async Task<ApiAnswer> CreateKeyAsync(ApiCall call)
    {
        Calls.RequireOperator(call);
        var application = (await calls.ApplicationAsync(call)).Application.Id;
        var body = await call.ReadAsync(ApiJson.Default.KeyBody);
        if (body.Name is { Length: > 128 })
            throw WebhookProblem.Invalid("/name", "must have 128 characters at most").ToException();
        var text = ApiAccess.CreateKey();
        var key = new ApplicationKey
        {
            Id = ids.Next(),
            Hash = ApiAccess.HashOf(text),
            Application = application,
            Name = body.Name ?? "",
            CreatedAt = time.GetUtcNow(),
        };
        var answer = ApiAnswer.Of(201, new NewKeyView(WebhookId.Format(WebhookId.Key, key.Id), key.Name, key.CreatedAt, text), ApiJson.Default.NewKeyView);
        return await store.WriteAsync([.. call.Record(answer), ResourceChange.Add(key.ToResource())], cancellationToken: call.Aborted) switch
        {
            ResourceWrite.Done => answer,
            ResourceWrite.Missing => throw WebhookProblem.NotFound("application").ToException(),
            _ => throw IdempotencyProblems.InUse(),
        };
    }

    public async Task<ApiAnswer> ListKeysAsync(ApiCall call)
    {
        Calls.RequireOperator(call);
        var application = (await calls.ApplicationAsync(call)).Application.Id;
        var limit = call.Limit;
        var page = await store.ListAsync(ResourceKind.Key, application, call.CursorId(WebhookId.Key) ?? Guid.Empty, limit + 1, call.Aborted);
        var shown = page.Take(limit).Select(ApplicationKey.Read)
            .Select(static key => new KeyView(WebhookId.Format(WebhookId.Key, key.Id), key.Name, key.CreatedAt)).ToList();
        return ApiAnswer.Of(200, new ListView<KeyView>(shown, page.Count > limit ? shown[^1].Id : null), ApiJson.Default.ListViewKeyView);
    }

    public async Task<ApiAnswer> RemoveKeyAsync(ApiCall call)
    {
        Calls.RequireOperator(call);
        var application = (await calls.ApplicationAsync(call)).Application.Id;
        var id = call.RouteId("key", WebhookId.Key, "key");
        if ((await store.ReadAsync(ResourceKind.Key, id, call.Aborted))?.Parent != application)
            throw WebhookProblem.NotFound("key").ToException();
        await store.RemoveAsync(ResourceKind.Key, id, call.Aborted);
        return ApiAnswer.NoContent;
    }

    /// <summary>Where nobody has to consent any more, nothing waits for it.</summary>
    private async Task ReleaseAsync(Application application, CancellationToken cancellationToken)
    {
        if (application.Verification is not VerificationMethod.None || await catalog.FindAsync(application.Id) is not { } entry)
            return;
        foreach (var endpoint in entry.Endpoints.Values.Where(static endpoint => endpoint.State is EndpointState.Pending))
            await endpoints.ReleaseAsync(application.Id, endpoint.Id, cancellationToken);
    }

    private Application Apply(Application application, ApplicationBody body, IReadOnlySet<string> fields, DateTimeOffset now)
    {
        var errors = new List<FieldError>();
        if (body.Uid is { } uid && (uid.Length is 0 or > 256 || uid.Contains('/', StringComparison.Ordinal) || uid.StartsWith(WebhookId.Application, StringComparison.Ordinal)))
            errors.Add(new("/uid", "must have 1 to 256 characters, no slash, and not begin with app_"));
        else if (MessageRules.HasZero(body.Uid))
            errors.Add(new("/uid", MessageRules.NoZero));
        if (body.Name is { Length: > 256 })
            errors.Add(new("/name", "must have 256 characters at most"));
        if (body.RateLimit is < 1 or > 1_000_000)
            errors.Add(new("/rateLimit", "must be 1 to 1000000 messages a second, or null for no limit"));
        var metadata = fields.Contains("metadata") ? EndpointRules.Metadata("/metadata", body.Metadata, errors) : application.Metadata;
        var verification = fields.Contains("verification") ? Verification(body.Verification, errors) : application.Verification;
        if (errors.Count > 0)
            throw WebhookProblem.Invalid(errors).ToException();
        return application with
        {
            Uid = fields.Contains("uid") ? body.Uid : application.Uid,
            Name = fields.Contains("name") ? body.Name ?? "" : application.Name,
            Verification = verification,
            RateLimit = fields.Contains("rateLimit") ? body.RateLimit : application.RateLimit,
            Metadata = metadata,
            UpdatedAt = now,
        };
    }

    private VerificationMethod Verification(string? text, List<FieldError> errors)
    {
        if (!ApiNames.TryRead<VerificationMethod>(text ?? "none", out var method))
            errors.Add(new("/verification", $"must be one of {ApiNames.All<VerificationMethod>()}"));
        else if (method is VerificationMethod.CloudEvents && options.Value.RequestOrigin is null)
            errors.Add(new("/verification", "must be another: this server has no RequestOrigin configured"));
        return method;
    }

    private static HashSet<string> Fields(ApplicationBody body) =>
        [.. body.Uid is null ? Array.Empty<string>() : ["uid"], "name", "rateLimit", "verification", "metadata"];

    private static WebhookException UidTaken() => WebhookProblem.Conflict("uid_taken", "Another application has this uid.").ToException();

    private static ApiAnswer Answer(int status, Application application) =>
        ApiAnswer.Of(status, ApplicationView.Of(application), ApiJson.Default.ApplicationView);
}
