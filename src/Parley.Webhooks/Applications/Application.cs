using System.Text.Json.Serialization;
using Parley.Webhooks.Endpoints;

namespace Parley.Webhooks.Applications;

/// <summary>A webhook tenant: the customer whose endpoints they are.</summary>
internal sealed record Application
{
    [JsonIgnore]
    public Guid Id { get; init; }

    /// <summary>The caller's own name for it; unique.</summary>
    [JsonIgnore]
    public string? Uid { get; init; }

    [JsonIgnore]
    public long Revision { get; init; } = 1;

    public string Name { get; init; } = "";

    /// <summary>Messages a second that are accepted for it; null: no limit.</summary>
    public int? RateLimit { get; init; }

    /// <summary>How the receivers of its endpoints must consent before anything is sent to them.</summary>
    public VerificationMethod Verification { get; init; }

    public IReadOnlyDictionary<string, string> Metadata { get; init; } = new Dictionary<string, string>();

    public DateTimeOffset CreatedAt { get; init; }

    public DateTimeOffset UpdatedAt { get; init; }
}
