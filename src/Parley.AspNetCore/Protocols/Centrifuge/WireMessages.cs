using Wire = Parley.Protocol.Centrifuge;

namespace Parley.AspNetCore.Protocols.Centrifuge;

/// <summary>What the engine knows as messages of the wire, in either encoding.</summary>
internal static class WireMessages
{
    /// <summary>Whether a publication can be said in an encoding.</summary>
    public static bool CanSay(this Wire.CentrifugeCodec codec, Publication publication) =>
        codec.IsBinary || publication.IsKnownJson || Wire.JsonPayload.IsValid(publication.Data.Span);

    /// <summary>Overwrites all that a publication has.</summary>
    /// <param name="codec">The encoding.</param>
    /// <param name="wire">The message.</param>
    /// <param name="publication">What it is to say.</param>
    /// <param name="info">Takes the publisher, when there is one.</param>
    public static void Fill(this Wire.CentrifugeCodec codec, Wire.Publication wire, Publication publication, Wire.ClientInfo? info)
    {
        wire.Data = publication.Data;
        wire.Info = publication.Info is { } from ? codec.Fill(info!, from) : null;
        wire.Offset = publication.Offset;
        // A client that subscribed before the stream existed learns its epoch from the first publication.
        wire.Epoch = publication.Offset == 1 ? publication.Epoch : "";
        wire.Tags = publication.Tags;
        wire.Version = publication.Version;
    }

    public static Wire.ClientInfo Fill(this Wire.CentrifugeCodec codec, Wire.ClientInfo wire, ClientInfo info)
    {
        wire.User = info.User;
        wire.Client = info.Client;
        wire.ConnInfo = codec.Embeddable(info.ConnectionInfo);
        wire.ChanInfo = codec.Embeddable(info.ChannelInfo);
        return wire;
    }

    /// <summary>What of an application's own bytes can be embedded: in JSON, only JSON.</summary>
    public static ReadOnlyMemory<byte> Embeddable(this Wire.CentrifugeCodec codec, ReadOnlyMemory<byte> bytes) =>
        codec.IsBinary || bytes.IsEmpty || Wire.JsonPayload.IsValid(bytes.Span) ? bytes : default;
}
