using Microsoft.Extensions.Logging;

namespace Parley.AspNetCore.Authentication;

internal sealed partial class JwtVerifier
{
    [LoggerMessage(EventId = 4001, Level = LogLevel.Debug, Message = "{Kind} token refused because of {Check}")]
    private partial void LogRefused(string kind, string check);
}
