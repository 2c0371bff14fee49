using System.IO.Pipelines;
using Microsoft.AspNetCore.Connections;

namespace RawPipe;

/// <summary>Reads what a client sends, from its upgrade to its close, in place in the pipe's buffer.</summary>
internal sealed class ClientHandler(Channels channels) : ConnectionHandler
{
    private const int MaxUnread = 64 * 1024;

    public override async Task OnConnectedAsync(ConnectionContext connection)
    {
        var client = new Client(connection);
        var commands = new Commands(channels, client);
        try
        {
            while (await ReadAsync(connection.Transport.Input, client, commands))
            {
            }
        }
        catch (Exception exception) when (exception is IOException or OperationCanceledException or ConnectionAbortedException)
        {
            // The client went away without a close frame: there is nobody left to tell.
        }
        finally
        {
            commands.Leave();
            await client.EndAsync();
        }
    }

    private static async ValueTask<bool> ReadAsync(PipeReader input, Client client, Commands commands)
    {
        var result = await input.ReadAsync();
        var buffer = result.Buffer;
        var goesOn = commands.Handle(ref buffer);
        input.AdvanceTo(buffer.Start, buffer.End);
        client.Flush();
        return goesOn && !result.IsCompleted && buffer.Length < MaxUnread;
    }
}
