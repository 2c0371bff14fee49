namespace Parley.Sessions;

/// <summary>When something expires, as a client is told.</summary>
/// <param name="Expires">Whether the client must refresh.</param>
/// <param name="Ttl">Seconds until it expires; 0 when it does not.</param>
internal readonly record struct Expiry(bool Expires, uint Ttl);
