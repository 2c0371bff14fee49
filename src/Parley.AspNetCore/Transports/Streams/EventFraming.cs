using Parley.Sessions;

namespace Parley.AspNetCore.Transports.Streams;

/// <summary>One message, one event of <c>text/event-stream</c>.</summary>
/// <remarks>Source: HTML, section 9.2.5. A message has no line feed in it.</remarks>
internal sealed class EventFraming : TransportFraming
{
    public static readonly EventFraming Instance = new();

    private EventFraming()
    {
    }

    public override Frame Create(ReadOnlySpan<byte> message)
    {
        var before = "data: "u8;
        var after = "\n\n"u8;
        var bytes = new byte[before.Length + message.Length + after.Length];
        before.CopyTo(bytes);
        message.CopyTo(bytes.AsSpan(before.Length));
        after.CopyTo(bytes.AsSpan(before.Length + message.Length));
        return new Frame(bytes);
    }
}
