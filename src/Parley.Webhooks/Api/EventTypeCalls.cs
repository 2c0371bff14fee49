using Parley.Webhooks.Api.Models;
using Parley.Webhooks.Catalog;
using Parley.Webhooks.EventTypes;
using Parley.Webhooks.Ids;
using Parley.Webhooks.Schemas;
using Parley.Webhooks.Storage;

namespace Parley.Webhooks.Api;

/// <summary>Calls about event types. Everybody may read them, since receivers choose from them.</summary>
internal sealed class EventTypeCalls(IWebhookStore store, WebhookCatalog catalog, IdGenerator ids, TimeProvider time)
{
    private const int MaxDescription = 4096;

    public async Task<ApiAnswer> CreateAsync(ApiCall call)
    {
        Calls.RequireOperator(call);
        var body = await call.ReadAsync(ApiJson.Default.EventTypeBody, SchemaLimits.MaxBytes);
        var now = time.GetUtcNow();
        var type = Apply(new EventType { Id = ids.Next(), Name = body.Name ?? "", CreatedAt = now }, body, now);
        var answer = Answer(201, type);
        if (await store.WriteAsync([.. call.Record(answer), ResourceChange.Add(type.ToResource())], cancellationToken: call.Aborted) is ResourceWrite.NameTaken)
            throw WebhookProblem.Conflict("name_taken", "There is an event type with this name.").ToException();
        catalog.ForgetType(type.Name);
        return answer;
    }

    /// <summary>Makes the event type with a name, or replaces it.</summary>
    public async Task<ApiAnswer> UpsertAsync(ApiCall call)
    {
        Calls.RequireOperator(call);
        var body = await call.ReadAsync(ApiJson.Default.EventTypeBody, SchemaLimits.MaxBytes);
        var name = call.Route("name");
        if (body.Name is not null && body.Name != name)
            throw WebhookProblem.Invalid("/name", "must be that of the address, or missing").ToException();
        while (true)
        {
            var now = time.GetUtcNow();
            var known = (await store.FindAsync(ResourceKind.EventType, Guid.Empty, name, call.Aborted))?.ToEventType();
            var type = Apply(known is null ? new EventType { Id = ids.Next(), Name = name, CreatedAt = now } : known with { Revision = known.Revision + 1 }, body, now);
            var write = known is null ? await store.AddAsync(type.ToResource(), call.Aborted) : await store.ReplaceAsync(type.ToResource(), call.Aborted);
            catalog.ForgetType(name);
            if (write is ResourceWrite.Done)
                return Answer(known is null ? 201 : 200, type);
        }
    }

    public async Task<ApiAnswer> ReadAsync(ApiCall call) => Answer(200, await FindAsync(call));

    public async Task<ApiAnswer> ListAsync(ApiCall call)
    {
        var limit = call.Limit;
        var after = Guid.Empty;
        if (call.Query("cursor") is { } cursor)
            after = (await store.FindAsync(ResourceKind.EventType, Guid.Empty, cursor, call.Aborted))?.Id ?? throw WebhookProblem.Invalid("cursor", "is not one of this list").ToException();
        var page = await store.ListAsync(ResourceKind.EventType, Guid.Empty, after, limit + 1, call.Aborted);
        var shown = page.Take(limit).Select(static resource => EventTypeView.Of(resource.ToEventType())).ToList();
        return ApiAnswer.Of(200, new ListView<EventTypeView>(shown, page.Count > limit ? shown[^1].Name : null), ApiJson.Default.ListViewEventTypeView);
    }

    public async Task<ApiAnswer> RemoveAsync(ApiCall call)
    {
        Calls.RequireOperator(call);
        var type = await FindAsync(call);
        await store.RemoveAsync(ResourceKind.EventType, type.Id, call.Aborted);
        catalog.ForgetType(type.Name);
        return ApiAnswer.NoContent;
    }

    private async Task<EventType> FindAsync(ApiCall call) =>
        (await store.FindAsync(ResourceKind.EventType, Guid.Empty, call.Route("name"), call.Aborted))?.ToEventType()
        ?? throw WebhookProblem.NotFound("event type").ToException();

    private static EventType Apply(EventType type, EventTypeBody body, DateTimeOffset now)
    {
        var errors = new List<FieldError>();
        if (!EventTypeName.IsValid(type.Name))
            errors.Add(new("/name", "must be words of letters, digits and _ with full stops between them, as invoice.paid, 128 characters at most"));
        if (body.Description is { Length: > MaxDescription })
            errors.Add(new("/description", $"must have {MaxDescription} characters at most"));
        errors.AddRange(SchemaRules.Check("/schema", body.Schema));
        if (errors.Count == 0 && body is { Schema: { } schema, Example: { } example })
            errors.AddRange(schema.Check(example, "/example"));
        if (errors.Count > 0)
            throw WebhookProblem.Invalid(errors).ToException();
        return type with { Description = body.Description ?? "", Schema = body.Schema, Example = body.Example, Deprecated = body.Deprecated ?? false, UpdatedAt = now };
    }

    private static ApiAnswer Answer(int status, EventType type) => ApiAnswer.Of(status, EventTypeView.Of(type), ApiJson.Default.EventTypeView);
}
