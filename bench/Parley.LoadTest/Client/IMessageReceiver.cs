namespace Parley.LoadTest.Client;

/// <summary>Takes the messages that arrive over a link.</summary>
internal interface IMessageReceiver
{
    /// <summary>One or more messages arrived, with line feeds between them.</summary>
    void OnMessage(ReadOnlySpan<byte> message);
}
