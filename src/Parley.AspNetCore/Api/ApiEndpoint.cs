using System.Net;
using System.Text.Unicode;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Parley.AspNetCore.Sockets;
using Parley.Sessions;

namespace Parley.AspNetCore.Api;

/// <summary>One request of the API, from its headers to its answer.</summary>
internal sealed partial class ApiEndpoint(ApiAccess access, ApiExecutor executor, ILogger<ApiEndpoint> logger)
{
    /// <summary>Answers a request to <c>/api/METHOD</c>.</summary>
    public Task HandleAsync(HttpContext context, ApiMethod method) => AnswerAsync(context, async body =>
    {
        var reply = await executor.ExecuteAsync(ApiCall.Read(method, body), context.RequestAborted);
        await ApiResponse.WriteAsync(context, ApiStatus.Of(context.Request, reply.Error), reply);
    });

    /// <summary>Answers a request to <c>/api</c>, which says its methods in the body.</summary>
    public Task HandleLegacyAsync(HttpContext context) => AnswerAsync(context, async body =>
    {
        var replies = await LegacyCommands.ExecuteAsync(body, executor, context.RequestAborted);
        await ApiResponse.WriteAsync(context, StatusCodes.Status200OK, replies);
    });

    /// <summary>Answers a request to a method that does not exist.</summary>
    public Task HandleUnknownAsync(HttpContext context) =>
        AnswerAsync(context, _ => RefuseAsync(context, StatusCodes.Status404NotFound, ClientError.MethodNotFound));

    private async Task AnswerAsync(HttpContext context, Func<ReadOnlyMemory<byte>, Task> answer)
    {
        try
        {
            if (access.Check(context.Request) is { } refusal)
            {
                LogRefused(context.Connection.RemoteIpAddress, refusal.Error.Message);
                await RefuseAsync(context, refusal.Status, refusal.Error);
            }
            else if (await ApiBody.ReadAsync(context.Request, context.RequestAborted) is not { } body)
            {
                var error = Refusal.Of(ClientError.LimitExceeded, $"the body is larger than {ApiBody.MaxBytes} bytes");
                await RefuseAsync(context, StatusCodes.Status413PayloadTooLarge, error);
            }
            else
            {
                // Not before the body was read, behind which the application's code goes on.
                IInlineInput.Return(context);
                if (Utf8.IsValid(body.Span))
                    await answer(body);
                else
                    await RefuseAsync(context, StatusCodes.Status400BadRequest, Refusal.Of(ClientError.BadRequest, "the body is not UTF-8"));
            }
        }
        catch (UnreadableRequestException exception)
        {
            await RefuseAsync(context, StatusCodes.Status400BadRequest, Refusal.Of(ClientError.BadRequest, exception.Message));
        }
        catch (BadHttpRequestException exception)
        {
            var error = exception.StatusCode == StatusCodes.Status413PayloadTooLarge ? ClientError.LimitExceeded : ClientError.BadRequest;
            await RefuseAsync(context, exception.StatusCode, error);
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            // Nobody is left to be answered.
        }
    }

    private static Task RefuseAsync(HttpContext context, int status, ClientError error) =>
        ApiResponse.WriteAsync(context, status, ApiReply.Failure(error));

    [LoggerMessage(EventId = 4103, Level = LogLevel.Warning, Message = "API call from {Address} refused: {Reason}")]
    private partial void LogRefused(IPAddress? address, string reason);
}
