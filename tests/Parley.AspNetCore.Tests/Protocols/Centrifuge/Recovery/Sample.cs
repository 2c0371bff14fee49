using System.Buffers;
using System.Text;
using Parley.Protocol.Centrifuge;
using Wire = Parley.Protocol.Centrifuge;

namespace Parley.AspNetCore.Tests.Protocols.Centrifuge.Recovery;

/// <summary>Publications of all kinds, and what a subscribe result has of them.</summary>
internal static class Sample
{
    /// <summary>Publications with the offsets from one to another, each with something different; the same every time, though not the same objects.</summary>
    public static Publication[] Publications(ulong first, ulong last, string epoch = "epoch", string text = "") =>
        [.. Enumerable.Range((int)first, (int)(last - first + 1)).Select(offset => Publication(offset, epoch, text))];

    /// <summary>The reply as it is when its publications are encoded for it alone.</summary>
    public static byte[] Alone(CentrifugeCodec codec, IEnumerable<Publication> publications) =>
        Reply(codec, new() { Recovered = true, Offset = 3, Publications = [.. publications.Select(ToWire)] });

    /// <summary>The reply around publications that were written before.</summary>
    public static byte[] Around(CentrifugeCodec codec, ReadOnlyMemory<byte> written) =>
        Reply(codec, new() { Recovered = true, Offset = 3, WrittenPublications = written });

    public static byte[] Reply(CentrifugeCodec codec, SubscribeResult result)
    {
        var output = new ArrayBufferWriter<byte>();
        codec.WriteReply(output, new Reply { Id = 2, Subscribe = result });
        return output.WrittenSpan.ToArray();
    }

    private static Publication Publication(int offset, string epoch, string text) => new()
    {
        Data = Encoding.UTF8.GetBytes($"{{\"n\":{offset},\n\"text\":\"{text}{new string('x', offset % 200)}\"}}"),
        Offset = (ulong)offset,
        Epoch = epoch,
        Version = offset % 3 == 0 ? (ulong)offset : 0,
        Tags = offset % 4 == 0 ? new Dictionary<string, string> { ["lang"] = "de", ["n"] = $"{offset}" } : null,
        Info = offset % 5 == 0 ? new ClientInfo("ada", $"client {offset}", "{\"a\":1}"u8.ToArray(), "[2]"u8.ToArray()) : null,
    };

    private static Wire.Publication ToWire(Publication publication) => new()
    {
        Data = publication.Data,
        Offset = publication.Offset,
        Version = publication.Version,
        Tags = publication.Tags,
        Info = publication.Info is not { } info ? null : new()
        {
            User = info.User,
            Client = info.Client,
            ConnInfo = info.ConnectionInfo,
            ChanInfo = info.ChannelInfo,
        },
    };
}
