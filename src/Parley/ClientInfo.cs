namespace Parley;

/// <summary>Who is behind a session, as other clients see it in presence, join and leave, and publications.</summary>
/// <param name="User">Id of the user; empty for an anonymous one.</param>
/// <param name="Client">Id of the session, unique over all nodes.</param>
/// <param name="ConnectionInfo">What the application attached to the connection, JSON unless it uses binary payloads; may be empty.</param>
/// <param name="ChannelInfo">What the application attached to the subscription; may be empty.</param>
public sealed record ClientInfo(
    string User, string Client, ReadOnlyMemory<byte> ConnectionInfo = default, ReadOnlyMemory<byte> ChannelInfo = default);
