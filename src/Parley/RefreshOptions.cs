namespace Parley;

/// <summary>A new expiry for sessions.</summary>
public sealed record RefreshOptions
{
    /// <summary>Close them now with 3005.</summary>
    public bool Expired { get; init; }

    /// <summary>When they expire; null: never.</summary>
    public DateTimeOffset? ExpireAt { get; init; }

    /// <summary>New connection info; null leaves it.</summary>
    public ReadOnlyMemory<byte>? Info { get; init; }
}
