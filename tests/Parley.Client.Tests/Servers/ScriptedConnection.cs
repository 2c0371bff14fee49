using System.Net.WebSockets;
using System.Text;
using System.Text.Json;
using System.Threading.Channels;
using Parley.Testing;

namespace Parley.Client.Tests.Servers;

/// <summary>A client as a <see cref="ScriptedServer"/> sees it.</summary>
internal sealed class ScriptedConnection(WebSocket socket)
{
    private readonly Channel<(JsonElement Command, int Frame)> _commands = Channel.CreateUnbounded<(JsonElement, int)>();
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Completes when the client has gone.</summary>
    public Task Ended => _ended.Task.WaitAsync(Patience.Limit);

    /// <summary>Number of the frame that brought the command which was taken last.</summary>
    public int LastFrame { get; private set; }

    /// <summary>Takes the next command, pongs too.</summary>
    public async Task<JsonElement> NextAsync()
    {
        (var command, LastFrame) = await _commands.Reader.ReadAsync().AsTask().WaitAsync(Patience.Limit);
        return command;
    }

    /// <summary>Takes the next command, which must be this one.</summary>
    public async Task<JsonElement> NextAsync(string name)
    {
        var command = await NextAsync();
        Assert.True(command.TryGetProperty(name, out _), $"{command} is no {name}.");
        return command;
    }

    /// <summary>Answers a command.</summary>
    /// <param name="command">That was received.</param>
    /// <param name="member">Of the reply, as <c>"publish":{}</c>.</param>
    public Task ReplyAsync(JsonElement command, string member) =>
        SendAsync($"{{\"id\":{command.GetProperty("id").GetUInt32()},{member}}}");

    /// <summary>Sends a frame.</summary>
    public Task SendAsync(string frame) => socket.SendAsync(
        Encoding.UTF8.GetBytes(frame), WebSocketMessageType.Text, endOfMessage: true, CancellationToken.None);

    /// <summary>Ends the connection as a server does.</summary>
    public Task CloseAsync(int code, string reason) =>
        socket.CloseOutputAsync((WebSocketCloseStatus)code, reason, CancellationToken.None);

    public async Task ReadAsync(CancellationToken cancellationToken)
    {
        var buffer = new byte[128 * 1024];
        try
        {
            for (var frame = 1; ; frame++)
            {
                var length = 0;
                ValueWebSocketReceiveResult received;
                do
                {
                    received = await socket.ReceiveAsync(buffer.AsMemory(length), cancellationToken);
                    length += received.Count;
                }
                while (!received.EndOfMessage);

                if (received.MessageType == WebSocketMessageType.Close) break;
                foreach (var line in Encoding.UTF8.GetString(buffer, 0, length).Split('\n'))
                {
                    using var document = JsonDocument.Parse(line);
                    _commands.Writer.TryWrite((document.RootElement.Clone(), frame));
                }
            }

            if (socket.State == WebSocketState.CloseReceived)
                await socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, cancellationToken);
        }
        catch (Exception exception) when (exception is WebSocketException or OperationCanceledException)
        {
            // The client broke the connection.
        }
        finally
        {
            _commands.Writer.TryComplete();
            _ended.TrySetResult();
        }
    }
}
