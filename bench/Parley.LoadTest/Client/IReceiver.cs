namespace Parley.LoadTest.Client;

/// <summary>Takes what arrives at the clients of a scenario.</summary>
internal interface IReceiver
{
    /// <summary>A publication arrived.</summary>
    /// <param name="client">Index of the client.</param>
    /// <param name="sequence">The stamp in its payload.</param>
    void OnPublication(int client, uint sequence);

    /// <summary>A command was answered with success.</summary>
    void OnReply(int client, ReadOnlySpan<byte> reply);
}
