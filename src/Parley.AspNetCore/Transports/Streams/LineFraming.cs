using Parley.Sessions;

namespace Parley.AspNetCore.Transports.Streams;

/// <summary>One message, one line: JSON over HTTP streams.</summary>
internal sealed class LineFraming : TransportFraming
{
    public static readonly LineFraming Instance = new();

    private LineFraming()
    {
    }

    public override Frame Create(ReadOnlySpan<byte> message)
    {
        var bytes = new byte[message.Length + 1];
        message.CopyTo(bytes);
        bytes[^1] = (byte)'\n';
        return new Frame(bytes);
    }
}
