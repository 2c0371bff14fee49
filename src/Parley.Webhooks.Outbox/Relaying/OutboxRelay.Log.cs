using Microsoft.Extensions.Logging;

namespace Parley.Webhooks.Outbox.Relaying;

internal sealed partial class OutboxRelay
{
    [LoggerMessage(EventId = 5201, Level = LogLevel.Error,
        Message = "{Uid} ({EventType} for {Application}) was refused for good and stays in parley_outbox until its failed_at is cleared: {Error}")]
    private partial void LogRefused(string uid, string eventType, string application, string error);

    [LoggerMessage(EventId = 5202, Level = LogLevel.Warning,
        Message = "{Uid} ({EventType} for {Application}) is sent again later, and what is behind it waits; {Attempts} times now: {Error}")]
    private partial void LogLater(string uid, string eventType, string application, int attempts, string error);

    [LoggerMessage(EventId = 5203, Level = LogLevel.Warning, Message = "No webhooks can be sent now; the outbox is tried again in {Seconds:0.#} s: {Error}")]
    private partial void LogUnavailable(double seconds, string error);

    [LoggerMessage(EventId = 5204, Level = LogLevel.Error,
        Message = "The outbox cannot be read or written now and is tried again in {Seconds:0.#} s. Does the table parley_outbox exist, and may this user change it?")]
    private partial void LogDatabase(double seconds, Exception exception);
}
