using Microsoft.Extensions.Logging;

namespace Parley.Webhooks.Transformations;

internal sealed partial class TransformationPool
{
    [LoggerMessage(EventId = 7101, Level = LogLevel.Debug, Message = "Worker {ProcessId} for webhook transformations is ready")]
    private partial void LogStarted(int processId);

    [LoggerMessage(EventId = 7102, Level = LogLevel.Error, Message = "No worker for webhook transformations: {Program} cannot be started")]
    private partial void LogNotStarted(Exception exception, string program);

    [LoggerMessage(EventId = 7103, Level = LogLevel.Error, Message = "Worker {ProcessId} for webhook transformations did not become ready; "
        + "does {Program} call WebhookTransformationWorker.RunIfAsked first? It said: {Errors}")]
    private partial void LogNotReady(int processId, string program, string errors);

    [LoggerMessage(
        EventId = 7104, Level = LogLevel.Warning, Message = "Worker {ProcessId} was killed: a webhook transformation took longer than {Limit}")]
    private partial void LogKilled(int processId, TimeSpan limit);

    [LoggerMessage(EventId = 7105, Level = LogLevel.Warning, Message = "Worker {ProcessId} was ended by a webhook transformation; it said: {Errors}")]
    private partial void LogDied(int processId, string errors);
}
