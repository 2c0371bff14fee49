namespace Parley.LoadTest.Tests.Scenarios;

/// <summary>A client of the <see cref="ScriptedServer"/>.</summary>
/// <param name="send">Sends one message; the empty one ends the connection.</param>
internal sealed class ScriptedClient(Func<string, Task> send)
{
    private readonly SemaphoreSlim _sending = new(1);

    public string Session { get; } = Guid.NewGuid().ToString("N");

    /// <summary>What waits for its polls; null when it does not poll.</summary>
    public ScriptedBatches? Queue { get; private init; }

    public static ScriptedClient Polled()
    {
        var queue = new ScriptedBatches();
        return new ScriptedClient(queue.AddAsync) { Queue = queue };
    }

    public async Task SendAsync(string message)
    {
        await _sending.WaitAsync();
        try
        {
            await send(message);
        }
        catch (IOException)
        {
            // The client has left.
        }
        finally
        {
            _sending.Release();
        }
    }
}
