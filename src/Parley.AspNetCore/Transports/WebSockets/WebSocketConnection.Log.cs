using Microsoft.Extensions.Logging;

namespace Parley.AspNetCore.Transports.WebSockets;

internal sealed partial class WebSocketConnection
{
    [LoggerMessage(2101, LogLevel.Debug, "The WebSocket's link broke.")]
    private static partial void LogLinkBroken(ILogger logger, Exception exception);

    [LoggerMessage(2102, LogLevel.Debug, "The client did not end the closed WebSocket in time: the link is cut.")]
    private static partial void LogNoAnswer(ILogger logger);

    [LoggerMessage(2103, LogLevel.Information, "A client broke the rules of WebSocket and is closed with {Code}: {Reason}.")]
    private static partial void LogFault(ILogger logger, ushort code, string reason);

    [LoggerMessage(2104, LogLevel.Error, "The protocol failed on a message, and the connection is closed.")]
    private static partial void LogHandlerFailed(ILogger logger, Exception exception);

    [LoggerMessage(2105, LogLevel.Error, "A WebSocket failed, and its link is cut.")]
    private static partial void LogFailed(ILogger logger, Exception exception);
}
