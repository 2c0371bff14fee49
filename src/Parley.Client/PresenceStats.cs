namespace Parley.Client;

/// <summary>How many are in a channel.</summary>
/// <param name="Clients">Sessions.</param>
/// <param name="Users">Different users.</param>
public readonly record struct PresenceStats(int Clients, int Users);
