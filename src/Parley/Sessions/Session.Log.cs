using Microsoft.Extensions.Logging;

namespace Parley.Sessions;

internal sealed partial class Session
{
    [LoggerMessage(EventId = 100, Level = LogLevel.Debug, Message = "Session {Client} of user '{User}' connected from {Remote}")]
    private static partial void LogConnected(ILogger logger, string client, string user, string remote);

    [LoggerMessage(EventId = 101, Level = LogLevel.Debug, Message = "Session {Client} of user '{User}' closed by its client")]
    private static partial void LogClosed(ILogger logger, string client, string user);

    [LoggerMessage(EventId = 102, Level = LogLevel.Debug, Message = "Session {Client} of user '{User}' from {Remote} disconnected: {Code} {Reason}")]
    private static partial void LogDisconnected(ILogger logger, string client, string user, string remote, uint code, string reason);

    [LoggerMessage(EventId = 103, Level = LogLevel.Information, Message = "Session {Client} from {Remote} refused: {Check}")]
    private static partial void LogConnectRefused(ILogger logger, string client, string remote, string check);

    [LoggerMessage(EventId = 104, Level = LogLevel.Information, Message = "Session {Client} of user '{User}' from {Remote} refused in channel '{Channel}': {Check}")]
    private static partial void LogRefused(ILogger logger, string client, string user, string remote, string channel, string check);

    [LoggerMessage(EventId = 107, Level = LogLevel.Warning, Message = "Session {Client} of user '{User}' cannot have the server-side subscription '{Channel}': {Check}")]
    private static partial void LogNotSubscribed(ILogger logger, string client, string user, string channel, string check);

    [LoggerMessage(EventId = 105, Level = LogLevel.Error, Message = "Session {Client} could not leave channel '{Channel}' in order")]
    private static partial void LogLeaveFailed(ILogger logger, string client, string channel, Exception exception);

    [LoggerMessage(EventId = 106, Level = LogLevel.Warning, Message = "Channel '{Channel}': broker or presence store unavailable")]
    private static partial void LogUnavailable(ILogger logger, string channel, Exception exception);
}
