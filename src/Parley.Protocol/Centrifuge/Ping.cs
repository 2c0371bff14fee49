namespace Parley.Protocol.Centrifuge;

/// <summary>A ping as a request of the client; not used by version 2 of the protocol.</summary>
public sealed class PingRequest;

/// <summary>Answers a <see cref="PingRequest"/>.</summary>
public sealed class PingResult;
