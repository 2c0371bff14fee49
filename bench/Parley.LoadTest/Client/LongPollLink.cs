using System.Buffers;
using System.Buffers.Text;
using System.Globalization;
using System.Text;

namespace Parley.LoadTest.Client;

/// <summary>A client that asks again and again (docs/protocol/long-polling.md).</summary>
internal sealed class LongPollLink(Network network, byte[] opening, IMessageReceiver receiver)
    : ClientLink(network, network.Target.Server)
{
    // A number in a header that has a fixed length: long enough for any run.
    private const int NumberDigits = 15;

    private byte[] _envelope = [];
    private byte[] _poll = [];
    private long _batch;
    private long _sent;

    public override void SendMessage(ReadOnlySpan<byte> message) => Network.Side.Send(_envelope, ++_sent, message);

    // The held poll is answered then.
    protected override void SayGoodbye() => Network.Side.Delete(_envelope);

    protected override void OnConnected()
    {
        Send(Encoding.UTF8.GetBytes(string.Create(
            CultureInfo.InvariantCulture, $"{Start()}Content-Type: application/json\r\nContent-Length: {opening.Length}\r\n\r\n")));
        Send(opening);
    }

    protected override int OnReceived(ReadOnlySpan<byte> bytes)
    {
        var taken = 0;
        while (!IsClosed && HttpResponse.TryMeasure(bytes[taken..], out var length) && HttpHead.TryRead(bytes[taken..], out var head))
        {
            Take(head, bytes.Slice(taken, length));
            taken += length;
        }

        return taken;
    }

    private void Take(HttpHead head, ReadOnlySpan<byte> response)
    {
        switch (head.Status)
        {
            case 404 when IsClosing:
                OnEnded("left");
                return;
            case 204:
                break;
            case 200:
                TakeBatch(head, response[head.Length..]);
                break;
            default:
                throw new LoadTestException($"a poll got: {Encoding.UTF8.GetString(response)}");
        }

        Poll();
    }

    private void TakeBatch(HttpHead head, ReadOnlySpan<byte> messages)
    {
        if (_batch == 0)
        {
            Describe(head);
            receiver.OnOpen();
        }

        if (!Utf8Parser.TryParse(head.Find("Parley-Batch"u8), out long number, out _) || number != _batch + 1)
            throw new LoadTestException($"batch {number} came when {_batch + 1} was due");

        _batch = number;
        receiver.OnMessage(messages);
        if (!head.Find("Parley-Last"u8).IsEmpty)
            OnEnded("the server said that no batch follows");
    }

    private void Describe(HttpHead head)
    {
        var session = Encoding.ASCII.GetString(head.Find("Parley-Session"u8));
        var node = Encoding.ASCII.GetString(head.Find("Parley-Node"u8));
        if (session.Length == 0 || node.Length == 0)
            throw new LoadTestException("the first batch names no session and node");

        var envelope = $"Parley-Session: {session}\r\nParley-Node: {node}\r\n";
        _envelope = Encoding.ASCII.GetBytes(envelope);
        _poll = Encoding.ASCII.GetBytes($"{Start()}{envelope}Content-Length: 0\r\nParley-Ack: {new string('0', NumberDigits)}\r\n\r\n");
    }

    private void Poll()
    {
        if (IsClosed)
            return;

        Utf8Formatter.TryFormat(_batch, _poll.AsSpan(_poll.Length - 4 - NumberDigits), out _, new StandardFormat('D', NumberDigits));
        Send(_poll);
    }

    private string Start() =>
        $"POST {Network.Target.PathOf(Transport.LongPoll)} HTTP/1.1\r\nHost: {Network.Target.Url.Authority}\r\n";
}
