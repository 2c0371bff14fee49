using System.Text;
using Parley.LoadTest.Sockets;

namespace Parley.LoadTest.Client;

/// <summary>One client of the Centrifuge protocol in JSON: connects, subscribes, answers pings, reports what arrives.</summary>
internal sealed class ClientConnection : WebSocketConnection
{
    private readonly Target _target;
    private readonly int _index;
    private readonly string[] _channels;
    private readonly IReceiver _receiver;
    private int _missingReplies;
    private uint _nextId = CommandTemplate.FirstId;
    private bool _answersPings;

    public ClientConnection(
        EventLoop loop, Target target, SourceAddresses sources, int index, string[] channels, IReceiver receiver)
        : base(loop, target, sources)
    {
        _target = target;
        _index = index;
        _channels = channels;
        _receiver = receiver;
        _missingReplies = 1 + channels.Length;
    }

    /// <summary>True once the connect and all subscribes were answered.</summary>
    public bool IsReady => _missingReplies == 0;

    /// <summary>What the last error reply said; errors fail the run unless a scenario asked to see them.</summary>
    public string? Error { get; private set; }

    public bool ToleratesErrors { get; set; }

    public void Send(CommandTemplate command, uint sequence) =>
        SendFrame(WebSocketFrame.Text, command.With(_nextId++, sequence));

    protected override void OnOpen()
    {
        // All in one message, as the official JavaScript client does.
        var token = _target.Token is null ? "" : $"\"token\":\"{_target.Token}\"";
        var commands = new StringBuilder($$$"""{"id":1,"connect":{{{{token}}}}}""");
        for (var i = 0; i < _channels.Length; i++)
            commands.Append($$$"""{{{'\n'}}}{"id":{{{i + 2}}},"subscribe":{"channel":"{{{_channels[i]}}}"}}""");

        SendFrame(WebSocketFrame.Text, Encoding.UTF8.GetBytes(commands.ToString()));
    }

    protected override void OnMessage(ReadOnlySpan<byte> message)
    {
        while (true)
        {
            var end = message.IndexOf((byte)'\n');
            if (end < 0)
                break;

            OnLine(message[..end]);
            message = message[(end + 1)..];
        }

        OnLine(message);
    }

    private void OnLine(ReadOnlySpan<byte> line)
    {
        if (line.StartsWith("{\"push\""u8))
            OnPush(line);
        else if (line.Length > 2)
            OnReply(line);
        else if (line.Length == 2 && _answersPings)
            SendFrame(WebSocketFrame.Text, "{}"u8);
    }

    private void OnPush(ReadOnlySpan<byte> push)
    {
        if (Stamp.TryRead(push, out var sequence))
            _receiver.OnPublication(_index, sequence);
        else if (push.IndexOf("\"unsubscribe\":"u8) >= 0 || push.IndexOf("\"disconnect\":"u8) >= 0)
            throw new LoadTestException($"client {_index}: {Encoding.UTF8.GetString(push)}");
    }

    private void OnReply(ReadOnlySpan<byte> reply)
    {
        if (reply.IndexOf("\"error\":{"u8) >= 0)
        {
            Error = Encoding.UTF8.GetString(reply);
            if (!ToleratesErrors)
                throw new LoadTestException($"client {_index}: {Error}");
        }
        else if (_missingReplies > 0)
        {
            _missingReplies--;
            _answersPings |= reply.IndexOf("\"pong\":true"u8) >= 0;
        }
        else
        {
            _receiver.OnReply(_index, reply);
        }
    }
}
