using System.Text.Json;
using Parley.Webhooks.Applications;
using Parley.Webhooks.Endpoints;
using Parley.Webhooks.EventTypes;
using Parley.Webhooks.Ids;
using Parley.Webhooks.Replays;
using Parley.Webhooks.Storage;

namespace Parley.Webhooks.Catalog;

/// <summary>Resources as the store has them, and back.</summary>
internal static class Documents
{
    public static Resource ToResource(this Application application) => new()
    {
        Kind = ResourceKind.Application,
        Id = application.Id,
        Name = application.Uid,
        Revision = application.Revision,
        Document = JsonSerializer.SerializeToUtf8Bytes(application, ResourceJson.Default.Application),
    };

    public static Application ToApplication(this Resource resource) =>
        JsonSerializer.Deserialize(resource.Document.Span, ResourceJson.Default.Application)! with
        {
            Id = resource.Id,
            Uid = resource.Name,
            Revision = resource.Revision,
        };

    public static Resource ToResource(this EventType type) => new()
    {
        Kind = ResourceKind.EventType,
        Id = type.Id,
        Name = type.Name,
        Revision = type.Revision,
        Document = JsonSerializer.SerializeToUtf8Bytes(type, ResourceJson.Default.EventType),
    };

    public static EventType ToEventType(this Resource resource) =>
        JsonSerializer.Deserialize(resource.Document.Span, ResourceJson.Default.EventType)! with
        {
            Id = resource.Id,
            Name = resource.Name!,
            Revision = resource.Revision,
        };

    public static Resource ToResource(this Endpoint endpoint) => new()
    {
        Kind = ResourceKind.Endpoint,
        Id = endpoint.Id,
        Parent = endpoint.Application,
        Name = endpoint.Uid,
        Revision = endpoint.Revision,
        Document = JsonSerializer.SerializeToUtf8Bytes(endpoint, ResourceJson.Default.Endpoint),
    };

    public static Endpoint ToEndpoint(this Resource resource) =>
        JsonSerializer.Deserialize(resource.Document.Span, ResourceJson.Default.Endpoint)! with
        {
            Id = resource.Id,
            Application = resource.Parent,
            Uid = resource.Name,
            Revision = resource.Revision,
        };

    public static Resource ToResource(this Replay replay) => new()
    {
        Kind = ResourceKind.Replay,
        Id = replay.Id,
        Parent = replay.Application,
        // So that one of an endpoint runs at a time.
        Name = replay.State is ReplayState.Running ? WebhookId.Format(WebhookId.Endpoint, replay.Endpoint) : null,
        Revision = replay.Revision,
        Document = JsonSerializer.SerializeToUtf8Bytes(replay, ResourceJson.Default.Replay),
    };

    public static Replay ToReplay(this Resource resource) =>
        JsonSerializer.Deserialize(resource.Document.Span, ResourceJson.Default.Replay)! with
        {
            Id = resource.Id,
            Application = resource.Parent,
            Revision = resource.Revision,
        };
}
