namespace Parley.AspNetCore.Protocols.Events;

/// <summary>What a client of plain events asks for.</summary>
/// <param name="Token">Connection token; empty: none.</param>
/// <param name="Channels">Channels it wants to listen to, beside those that its token names.</param>
/// <param name="Positions">Where it stood when its last connection ended, by channel.</param>
internal sealed record EventRequest(string Token, IReadOnlyList<string> Channels, IReadOnlyDictionary<string, StreamPosition> Positions);
