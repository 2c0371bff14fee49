namespace Parley.AspNetCore.Transports.LongPolling;

/// <summary>Commands that came in one request.</summary>
internal sealed class Message(byte[] bytes)
{
    public byte[] Bytes => bytes;

    /// <summary>Whether the protocol is done with them. The connection's lock is held around it.</summary>
    public bool IsDone { get; set; }
}
