using Microsoft.Extensions.Logging;

namespace Parley.AspNetCore.Transports.LongPolling;

internal sealed partial class LongPollConnection
{
    [LoggerMessage(2201, LogLevel.Debug, "A long polling client has not been heard of for too long, and its session ends.")]
    private static partial void LogSilent(ILogger logger);

    [LoggerMessage(2202, LogLevel.Error, "The protocol failed on a long polling connection.")]
    private static partial void LogHandlerFailed(ILogger logger, Exception exception);
}
