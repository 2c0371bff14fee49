using System.Text;

namespace Parley.LoadTest.Client;

/// <summary>One client of the Centrifuge protocol in JSON: connects, subscribes, answers pings, reports what arrives.</summary>
internal sealed class ClientConnection : IMessageReceiver, IDisposable
{
    private readonly ClientLink _link;
    private readonly int _index;
    private readonly IReceiver _receiver;
    private int _missingReplies;
    private uint _nextId = CommandTemplate.FirstId;
    private bool _answersPings;

    public ClientConnection(Network network, Transport transport, int index, string[] channels, IReceiver receiver)
    {
        _index = index;
        _receiver = receiver;
        _missingReplies = 1 + channels.Length;
        _link = ClientLink.Open(network, transport, Opening(network.Target.Token, channels), this);
    }

    /// <summary>True once the connect and all subscribes were answered.</summary>
    public bool IsReady => _missingReplies == 0;

    /// <summary>What the last error reply said; errors fail the run unless a scenario asked to see them.</summary>
    public string? Error { get; private set; }

    public bool ToleratesErrors { get; set; }

    public bool HasEnded => _link.HasEnded;

    public void Send(CommandTemplate command, uint sequence) => _link.SendMessage(command.With(_nextId++, sequence));

    public void BeginClose() => _link.BeginClose();

    public void Dispose() => _link.Dispose();

    void IMessageReceiver.OnMessage(ReadOnlySpan<byte> message)
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

    private static byte[] Opening(string? token, string[] channels)
    {
        // All in one message, as the official JavaScript client does.
        var credentials = token is null ? "" : $"\"token\":\"{token}\"";
        var commands = new StringBuilder($$$"""{"id":1,"connect":{{{{credentials}}}}}""");
        for (var i = 0; i < channels.Length; i++)
            commands.Append($$$"""{{{'\n'}}}{"id":{{{i + 2}}},"subscribe":{"channel":"{{{channels[i]}}}"}}""");

        return Encoding.UTF8.GetBytes(commands.ToString());
    }

    private void OnLine(ReadOnlySpan<byte> line)
    {
        if (line.StartsWith("{\"push\""u8))
            OnPush(line);
        else if (line.Length > 2)
            OnReply(line);
        else if (line.Length == 2 && _answersPings)
            _link.SendMessage("{}"u8);
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
