using Parley.Sessions;

namespace Parley.AspNetCore.Transports;

/// <summary>How a transport wraps one message of a protocol: a WebSocket frame header, a line end, an event.</summary>
internal abstract class TransportFraming
{
    /// <summary>Makes the frame of a message: one array with header and payload.</summary>
    public abstract Frame Create(ReadOnlySpan<byte> message);
}
