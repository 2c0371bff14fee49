namespace Parley;

/// <summary>Which sessions a call is about.</summary>
/// <param name="User">User id; may be empty only when <paramref name="Client"/> or <paramref name="Session"/> is given (107 otherwise).</param>
/// <param name="Client">Only the session with this client id; null: all of the user.</param>
/// <param name="Session">Only the one with this session id; null: all of the user.</param>
public sealed record SessionSelector(string User, string? Client = null, string? Session = null);
