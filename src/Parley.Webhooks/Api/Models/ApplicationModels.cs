using Parley.Webhooks.Applications;
using Parley.Webhooks.Ids;

namespace Parley.Webhooks.Api.Models;

/// <summary>What a caller says of an application.</summary>
internal sealed record ApplicationBody
{
    public string? Uid { get; init; }

    public string? Name { get; init; }

    /// <summary>How receivers must consent: <c>none</c> (default), <c>challenge</c>, <c>ping</c> or <c>cloudEvents</c>.</summary>
    public string? Verification { get; init; }

    /// <summary>Messages a second that are accepted; null: no limit.</summary>
    public int? RateLimit { get; init; }

    public Dictionary<string, string>? Metadata { get; init; }
}

/// <summary>An application as it is shown.</summary>
internal sealed record ApplicationView(
    string Id, string? Uid, string Name, string Verification, int? RateLimit, IReadOnlyDictionary<string, string> Metadata, DateTimeOffset CreatedAt,
    DateTimeOffset UpdatedAt)
{
    public static ApplicationView Of(Application application) => new(
        WebhookId.Format(WebhookId.Application, application.Id), application.Uid, application.Name, ApiNames.Of(application.Verification),
        application.RateLimit, application.Metadata, application.CreatedAt, application.UpdatedAt);
}
