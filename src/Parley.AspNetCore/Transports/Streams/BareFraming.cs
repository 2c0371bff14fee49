using Parley.Sessions;

namespace Parley.AspNetCore.Transports.Streams;

/// <summary>Messages as they are: Protobuf, which carries its own length.</summary>
internal sealed class BareFraming : TransportFraming
{
    public static readonly BareFraming Instance = new();

    private BareFraming()
    {
    }

    public override Frame Create(ReadOnlySpan<byte> message) => new(message.ToArray());
}
