using Parley.Sessions;

namespace Parley;

/// <summary>A call of the application was refused.</summary>
/// <param name="error">Code and message, the same that the HTTP API answers.</param>
public sealed class ParleyException(ClientError error) : Exception($"{error.Code}: {error.Message}")
{
    /// <summary>Why.</summary>
    public ClientError Error { get; } = error;
}
