using System.Globalization;
using System.Text;

namespace Parley.LoadTest.Client;

/// <summary>A client whose messages come down one response, as lines or as events, and go up by requests beside it.</summary>
internal sealed class StreamLink(Network network, bool isEvents, byte[] opening, IMessageReceiver receiver)
    : ClientLink(network, network.Target.Server)
{
    private ChunkedBody _body;
    private LineSplitter _lines;
    private bool _isOpen;
    private byte[]? _session;
    private byte[]? _node;

    public override void SendMessage(ReadOnlySpan<byte> message)
    {
        if (_session is null || _node is null)
            throw new LoadTestException("the connect reply names no session and node");

        Network.Side.Emulate(_session, _node, message);
    }

    protected override void SayGoodbye() => OnEnded("left");

    protected override void OnConnected()
    {
        var path = Network.Target.PathOf(isEvents ? Transport.Sse : Transport.HttpStream);
        Send(Encoding.UTF8.GetBytes(string.Create(
            CultureInfo.InvariantCulture,
            $"POST {path} HTTP/1.1\r\nHost: {Network.Target.Url.Authority}\r\nContent-Type: application/json\r\nContent-Length: {opening.Length}\r\n\r\n")));
        Send(opening);
    }

    protected override int OnReceived(ReadOnlySpan<byte> bytes)
    {
        var taken = 0;
        if (!_isOpen)
        {
            if (!HttpHead.TryRead(bytes, out var head))
                return 0;

            if (head is not { Status: 200, IsChunked: true })
                throw new LoadTestException($"the stream was refused: {Encoding.UTF8.GetString(bytes)}");

            taken = head.Length;
            _isOpen = true;
            receiver.OnOpen();
        }

        while (_body.TryRead(bytes, ref taken, out var piece))
        {
            while (_lines.TryRead(ref piece, out var line))
                OnLine(line);
        }

        if (_body.IsEnded)
            OnEnded("the server ended the stream");

        return taken;
    }

    private void OnLine(ReadOnlySpan<byte> line)
    {
        if (isEvents)
        {
            // A message has no line feed in it, so an event is one line of data; what else there is are blank lines and comments.
            var data = "data:"u8;
            if (!line.StartsWith(data))
                return;

            line = line[data.Length..].TrimStart((byte)' ');
        }

        if (_session is null)
        {
            _session = JsonText.Find(line, "\"session\":\""u8);
            _node = JsonText.Find(line, "\"node\":\""u8);
        }

        receiver.OnMessage(line);
    }
}
