using System.Buffers;
using Parley.Protocol.Centrifuge;
using Parley.Testing;
using Wire = Parley.Protocol.Centrifuge;

namespace Parley.Specifications.Transports;

/// <summary>A client that says what a test wants over one transport, reads only when asked to, and never comes back by itself.</summary>
/// <param name="codec">Encoding of commands and replies.</param>
/// <param name="reader">Finds replies in what comes.</param>
public abstract class TransportClient(CentrifugeCodec codec, ReplyReader reader) : IAsyncDisposable
{
    /// <summary>Names the user of a request.</summary>
    public const string UserHeader = "X-Test-User";

    private readonly Queue<Reply> _returned = [];
    private uint _lastId;

    /// <summary>Encoding of commands and replies.</summary>
    protected CentrifugeCodec Codec => codec;

    /// <summary>Opens a connection with its first commands, and takes the first reply if that is needed to send more.</summary>
    /// <exception cref="TransportRefusedException">The server did not want it.</exception>
    public abstract Task OpenAsync(params Command[] commands);

    /// <summary>Sends commands in one body; done when the transport has taken them.</summary>
    /// <exception cref="TransportRefusedException">The server did not take them.</exception>
    public abstract Task SendAsync(params Command[] commands);

    /// <summary>Gives the connection up without a word.</summary>
    public abstract void Cut();

    /// <summary>The next reply or push; null at the end. How a WebSocket was closed counts as the push that it stands for.</summary>
    public async Task<Reply?> NextAsync()
    {
        if (_returned.TryDequeue(out var returned)) return returned;
        while (true)
        {
            if (reader.TryTake(out var reply)) return reply;
            if (!await ReceiveAsync(reader).WaitAsync(Patience.Limit)) return null;
        }
    }

    /// <summary>The next push of a channel or of the session.</summary>
    public async Task<Push> NextPushAsync()
    {
        while (true)
        {
            var reply = await NextAsync() ?? throw new EndOfStreamException("The connection has ended.");
            if (reply.Push is { } push) return push;
        }
    }

    /// <summary>The next publication.</summary>
    public async Task<Wire.Publication> NextPublicationAsync()
    {
        while (true)
        {
            if ((await NextPushAsync()).Pub is { } publication) return publication;
        }
    }

    /// <summary>The next reply to a command.</summary>
    public async Task<Reply> NextReplyAsync()
    {
        while (true)
        {
            var reply = await NextAsync() ?? throw new EndOfStreamException("The connection has ended.");
            if (reply.Id > 0) return reply;
        }
    }

    /// <summary>Waits for the disconnect and for the end behind it.</summary>
    /// <returns>The code.</returns>
    public async Task<uint> DisconnectedAsync()
    {
        Push push;
        do
            push = await NextPushAsync();
        while (push.Disconnect is null);
        Assert.Null(await NextAsync());
        return push.Disconnect.Code;
    }

    /// <summary>A command with the next id.</summary>
    public Command Connect() => new() { Id = ++_lastId, Connect = new ConnectRequest() };

    /// <summary>A command with the next id.</summary>
    public Command Subscribe(string channel, Wire.StreamPosition? since = null) => new()
    {
        Id = ++_lastId,
        Subscribe = new SubscribeRequest { Channel = channel, Recover = since is not null, Offset = since?.Offset ?? 0, Epoch = since?.Epoch ?? "" },
    };

    /// <summary>A command with the next id.</summary>
    /// <param name="channel">Where to.</param>
    /// <param name="data">JSON.</param>
    public Command Publish(string channel, string data) => new()
    {
        Id = ++_lastId,
        Publish = new PublishRequest { Channel = channel, Data = System.Text.Encoding.UTF8.GetBytes(data) },
    };

    /// <summary>The answer to a ping.</summary>
    public static Command Pong() => new();

    /// <inheritdoc/>
    public virtual ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        Cut();
        return ValueTask.CompletedTask;
    }

    /// <summary>Waits for more, and hands it to the reader.</summary>
    /// <returns>False at the end.</returns>
    protected abstract Task<bool> ReceiveAsync(ReplyReader reader);

    /// <summary>Gives back a reply that was read, as if it had not been.</summary>
    protected void Return(Reply reply) => _returned.Enqueue(reply);

    /// <summary>One body of commands.</summary>
    protected byte[] Write(IEnumerable<Command> commands)
    {
        var output = new ArrayBufferWriter<byte>();
        foreach (var command in commands)
        {
            if (output.WrittenCount > 0 && !codec.IsBinary) output.Write("\n"u8);
            codec.WriteCommand(output, command);
        }

        return output.WrittenSpan.ToArray();
    }
}
