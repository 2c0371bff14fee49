namespace Parley.EndToEnd.Tests.Clients;

/// <summary>A call of the SDK was rejected.</summary>
internal sealed class SdkException(int code, string message, bool isTemporary) : Exception($"{code} {message}")
{
    /// <summary>Code of the server's error, from 100; below it is the SDK's own.</summary>
    public int Code => code;

    public bool IsTemporary => isTemporary;
}
