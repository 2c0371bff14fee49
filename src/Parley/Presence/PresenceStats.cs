namespace Parley.Presence;

/// <summary>Size of a channel.</summary>
/// <param name="Clients">Sessions in the channel.</param>
/// <param name="Users">Distinct user ids among them.</param>
public readonly record struct PresenceStats(int Clients, int Users);
