namespace Parley.LoadTest.Client;

/// <summary>Takes what arrives over a link.</summary>
internal interface IMessageReceiver
{
    /// <summary>The server took the connection.</summary>
    void OnOpen();

    /// <summary>What the transport calls a message arrived; a dialect may put several into one.</summary>
    void OnMessage(ReadOnlySpan<byte> message);
}
