namespace Parley.AspNetCore.Authentication;

/// <summary>What a connection token says beside the user and its lifetime.</summary>
public sealed record ConnectionTokenOptions
{
    /// <summary>What other clients see of the connection in presence, join and leave: one JSON value, or bytes for binary readers.</summary>
    public ReadOnlyMemory<byte> Info { get; init; }

    /// <summary>Channels that the server subscribes the client to, with the options of their namespaces.</summary>
    public IReadOnlyCollection<string> Channels { get; init; } = [];

    /// <summary>
    /// Channels that the server subscribes the client to, with options of their own. Neither
    /// <see cref="ServerSubscribeOptions.ExpireAt"/> nor <see cref="ServerSubscribeOptions.RecoverSince"/> can be said in a token.
    /// </summary>
    public IReadOnlyDictionary<string, ServerSubscribeOptions> Subscriptions { get; init; } = new Dictionary<string, ServerSubscribeOptions>();

    /// <summary>JSON for the application's callbacks, never sent to clients. Whoever holds the token can read it.</summary>
    public ReadOnlyMemory<byte> Meta { get; init; }

    /// <summary>
    /// How long the connection lasts without a refresh, when that is not the lifetime of the token;
    /// <see cref="Timeout.InfiniteTimeSpan"/>: it does not end. Default null: as long as the token.
    /// </summary>
    public TimeSpan? ConnectionLifetime { get; init; }
}
