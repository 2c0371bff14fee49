namespace Parley.Client;

/// <summary>A call was refused by the server, or could not be made.</summary>
/// <remarks>
/// Codes below 100 are the client's own, see <see cref="ErrorCodes"/>; 100 to 399 are the protocol's; 400 to 1999 the application's;
/// 2000 and above are unsubscribe and disconnect codes, for calls that waited when the server ended what they waited for.
/// </remarks>
/// <param name="code">Says what happened, to programs.</param>
/// <param name="message">Says what happened, to people. May change.</param>
/// <param name="isTemporary">Whether the same call may succeed later.</param>
/// <param name="innerException">What caused it.</param>
public sealed class ParleyException(uint code, string message, bool isTemporary = false, Exception? innerException = null)
    : Exception($"{message} ({code})", innerException)
{
    /// <summary>Says what happened.</summary>
    public uint Code { get; } = code;

    /// <summary>Whether the same call may succeed later.</summary>
    public bool IsTemporary { get; } = isTemporary;
}
