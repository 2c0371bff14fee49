namespace Parley.Client;

/// <summary>Who is behind a session.</summary>
/// <param name="User">Id of the user; empty for an anonymous one.</param>
/// <param name="Client">Id of the session; every connection has a new one.</param>
/// <param name="ConnectionInfo">What the application attached to the connection; empty when nothing.</param>
/// <param name="ChannelInfo">What the application attached to the subscription; empty when nothing.</param>
public sealed record ClientInfo(
    string User, string Client, ReadOnlyMemory<byte> ConnectionInfo = default, ReadOnlyMemory<byte> ChannelInfo = default);
