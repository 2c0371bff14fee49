using System.Net;
using Microsoft.Extensions.Logging;

namespace Parley.AspNetCore.Transports.LongPolling;

internal sealed partial class LongPollEndpoint
{
    [LoggerMessage(2211, LogLevel.Debug, "A request of long polling from {Address}, origin {Origin}, is refused with {Status}: {Reason}")]
    private static partial void LogRefused(ILogger logger, int status, string reason, IPAddress? address, string? origin);
}
