using System.Buffers.Binary;
using System.Globalization;
using Parley.Sessions;

namespace Parley.AspNetCore.Tests.Stress;

/// <summary>A wire format of numbers. Channels end in their index, payloads begin with their id.</summary>
internal sealed class StressFormat(string name) : WireFormat
{
    private const int IdBytes = sizeof(long);
    private const int HeadBytes = 2 + sizeof(long) + sizeof(ulong);

    public override string Name => name;

    public static byte[] CreatePayload(long id, int padding)
    {
        var payload = new byte[IdBytes + padding];
        BinaryPrimitives.WriteInt64LittleEndian(payload, id);
        return payload;
    }

    public static long ReadId(ReadOnlySpan<byte> payload) => BinaryPrimitives.ReadInt64LittleEndian(payload);

    public static Frame Write(in Received received, int padding = 0)
    {
        var bytes = new byte[HeadBytes + padding];
        bytes[0] = (byte)received.Kind;
        bytes[1] = (byte)received.Channel;
        BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan(2), received.Number);
        BinaryPrimitives.WriteUInt64LittleEndian(bytes.AsSpan(2 + sizeof(long)), received.Offset);
        return new Frame(bytes);
    }

    public static Received Read(ReadOnlySpan<byte> frame) => new(
        (ReceivedKind)frame[0], frame[1], BinaryPrimitives.ReadInt64LittleEndian(frame[2..]), BinaryPrimitives.ReadUInt64LittleEndian(frame[(2 + sizeof(long))..]));

    public static UnsubscribeReason EndAfter(long number) => new(2000, number.ToString(CultureInfo.InvariantCulture));

    public override Frame? Publication(string channel, Publication publication) => Write(
        new Received(ReceivedKind.Publication, StressChannels.IndexOf(channel), ReadId(publication.Data.Span), publication.Offset), publication.Data.Length - IdBytes);

    public override Frame Join(string channel, ClientInfo info) => Write(new Received(ReceivedKind.JoinOrLeave, StressChannels.IndexOf(channel)));

    public override Frame Leave(string channel, ClientInfo info) => Write(new Received(ReceivedKind.JoinOrLeave, StressChannels.IndexOf(channel)));

    public override Frame Unsubscribe(string channel, UnsubscribeReason reason) => Write(new Received(
        ReceivedKind.UnsubscribedByServer, StressChannels.IndexOf(channel),
        reason.Code == 2000 ? long.Parse(reason.Reason, CultureInfo.InvariantCulture) : -reason.Code));

    public override Frame Subscribe(string channel, SubscribeResult result) => throw new NotSupportedException();

    public override Frame Refresh(bool expires, uint ttl) => throw new NotSupportedException();
}
