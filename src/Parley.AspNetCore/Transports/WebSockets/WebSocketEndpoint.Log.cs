using System.Net;
using Microsoft.Extensions.Logging;

namespace Parley.AspNetCore.Transports.WebSockets;

internal sealed partial class WebSocketEndpoint
{
    [LoggerMessage(2001, LogLevel.Information, "A WebSocket handshake from {Address}, origin {Origin}, is refused with {Status}: {Reason}")]
    private static partial void LogRefused(ILogger logger, int status, string reason, IPAddress? address, string? origin);
}
