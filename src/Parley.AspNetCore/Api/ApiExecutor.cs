using Microsoft.Extensions.Logging;
using Parley.Brokers;
using Parley.Sessions;

namespace Parley.AspNetCore.Api;

/// <summary>Carries out calls, and turns whatever goes wrong into an error of the documented table.</summary>
internal sealed partial class ApiExecutor(IParley parley, ILogger<ApiExecutor> logger)
{
    /// <exception cref="OperationCanceledException">The caller went away.</exception>
    /// <exception cref="UnreadableRequestException">A part of the request is not of its form; nothing was done.</exception>
    public async ValueTask<ApiReply> ExecuteAsync(ApiCall call, CancellationToken cancellationToken)
    {
        try
        {
            var context = new ApiContext(parley, call.Body, this, cancellationToken);
            return ApiReply.Success(call.Method, await call.Method.InvokeAsync(call.Request, context));
        }
        catch (Exception exception) when (!IsForCaller(exception, cancellationToken))
        {
            return ApiReply.Failure(ToError(exception, call.Method));
        }
    }

    /// <summary>Whether an exception is no answer: the caller went away, or the request is not of its form.</summary>
    public static bool IsForCaller(Exception exception, CancellationToken cancellationToken) =>
        exception is UnreadableRequestException || (exception is OperationCanceledException && cancellationToken.IsCancellationRequested);

    /// <summary>What a caller is told of an exception; the log hears of those that are no refusals.</summary>
    public ClientError ToError(Exception exception, ApiMethod method)
    {
        switch (exception)
        {
            case ParleyException refusal:
                return refusal.Error;
            case BrokerUnavailableException:
                LogUnavailable(exception, method.Name);
                return ClientError.Internal;
            default:
                LogFailed(exception, method.Name);
                return ClientError.Internal;
        }
    }

    [LoggerMessage(EventId = 4101, Level = LogLevel.Warning, Message = "API method {Method}: the broker did not answer")]
    private partial void LogUnavailable(Exception exception, string method);

    [LoggerMessage(EventId = 4102, Level = LogLevel.Error, Message = "API method {Method} failed")]
    private partial void LogFailed(Exception exception, string method);
}
