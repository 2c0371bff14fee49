using System.Buffers;
using System.Text;

namespace RawPipe;

/// <summary>The "bare" dialect of bench/README.md for one client: <c>s</c> subscribes, <c>p</c> publishes, <c>e</c> echoes.</summary>
internal sealed class Commands(Channels channels, Client client)
{
    private static readonly byte[] Subscribed = Frame.Encode(Frame.Text, "s"u8);

    // Who gets something of what was read in one piece; each is flushed once for all of it.
    private readonly List<Client> _receivers = [];
    private readonly List<string> _subscriptions = [];
    private byte[] _scratch = [];
    private bool _isUpgraded;

    /// <summary>Handles what is complete and leaves the rest; false when the client is done.</summary>
    public bool Handle(ref ReadOnlySequence<byte> buffer)
    {
        if (!_isUpgraded)
        {
            if (!Upgrade.TryRead(ref buffer, out var response))
                return true;

            if (response is null)
                return false;

            _isUpgraded = true;
            client.Queue(response);
        }

        var goesOn = true;
        while (goesOn && Frame.TryRead(ref buffer, ref _scratch, out var opcode, out var payload))
            goesOn = Handle(opcode, payload);

        foreach (var receiver in _receivers)
            receiver.Flush();

        _receivers.Clear();
        return goesOn;
    }

    public void Leave()
    {
        foreach (var channel in _subscriptions)
            channels.Remove(channel, client);
    }

    private bool Handle(int opcode, ReadOnlySpan<byte> payload)
    {
        switch (opcode)
        {
            case Frame.Text when !payload.IsEmpty:
                Handle(payload[0], payload[1..]);
                return true;
            case Frame.Ping:
                client.Queue(Frame.Encode(Frame.Pong, payload));
                return true;
            case Frame.Pong:
                return true;
            case Frame.Close:
                client.Queue(Frame.Encode(Frame.Close, payload));
                return false;
            default:
                return false; // nothing that the dialect has
        }
    }

    private void Handle(byte command, ReadOnlySpan<byte> rest)
    {
        switch (command)
        {
            case (byte)'s':
                foreach (var channel in Encoding.UTF8.GetString(rest).Split('\n'))
                {
                    _subscriptions.Add(channel);
                    channels.Add(channel, client);
                }

                client.Queue(Subscribed);
                break;
            case (byte)'p' when rest.IndexOf((byte)'\n') is >= 0 and var end:
                Publish(Encoding.UTF8.GetString(rest[..end]), Frame.Encode(Frame.Text, rest[(end + 1)..]));
                break;
            case (byte)'e':
                client.Queue(Frame.Encode(Frame.Text, rest));
                break;
        }
    }

    private void Publish(string channel, byte[] frame)
    {
        foreach (var subscriber in channels.Subscribers(channel))
        {
            if (subscriber.Queue(frame))
                _receivers.Add(subscriber);
        }
    }
}
