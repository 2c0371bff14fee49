using System.IO.Pipelines;
using Microsoft.AspNetCore.Http;
using Parley.AspNetCore.Api.Methods;
using Parley.AspNetCore.Sockets;
using Parley.Brokers;

namespace Parley.AspNetCore.Api;

/// <summary>Answers calls of <c>publish</c>: those in the plain form from where they were received to, all others as calls of any method.</summary>
internal sealed class PlainPublishEndpoint(ApiAccess access, ApiExecutor executor, ApiEndpoint others, IParley parley)
{
    private const int MaxBytes = 16 * 1024;

    private static readonly PublishOptions NoOptions = new();
    private static readonly ReadOnlyMemory<byte> NoPosition = """{"result":{}}"""u8.ToArray();

    public Task HandleAsync(HttpContext context)
    {
        var request = context.Request;
        return request.ContentLength is > 0 and <= MaxBytes && access.Check(request) is null && TryRead(request.BodyReader, out var read)
            ? HandleAsync(context, read)
            : others.HandleAsync(context, ApiMethods.Publish);
    }

    private Task HandleAsync(HttpContext context, in ReadResult read)
    {
        var reader = context.Request.BodyReader;
        var body = read.Buffer.First;
        if (!PlainPublication.TryRead(body.Span, out var channel, out var data))
        {
            reader.AdvanceTo(read.Buffer.Start);
            return others.HandleAsync(context, ApiMethods.Publish);
        }

        var publishing = PublishAsync(channel, data.Of(body), context.RequestAborted);
        if (!publishing.IsCompletedSuccessfully)
            return AnswerAsync(context, publishing, reader, read.Buffer.End);
        reader.AdvanceTo(read.Buffer.End);
        IInlineInput.Return(context);
        return AnswerAsync(context, publishing.Result);
    }

    /// <summary>Reads a body that is there, in one piece.</summary>
    private static bool TryRead(PipeReader reader, out ReadResult read)
    {
        try
        {
            if (!reader.TryRead(out read))
                return false;
        }
        catch (BadHttpRequestException)
        {
            // Thrown again where it is answered.
            read = default;
            return false;
        }

        if (read.IsCompleted && read.Buffer.IsSingleSegment)
            return true;
        reader.AdvanceTo(read.Buffer.Start);
        return false;
    }

    private ValueTask<PublishResult> PublishAsync(string channel, ReadOnlyMemory<byte> data, CancellationToken cancellationToken)
    {
        try
        {
            return parley.PublishAsync(channel, data, NoOptions, cancellationToken);
        }
        catch (Exception exception)
        {
            return ValueTask.FromException<PublishResult>(exception);
        }
    }

    private async Task AnswerAsync(HttpContext context, ValueTask<PublishResult> publishing, PipeReader reader, SequencePosition end)
    {
        ApiReply reply;
        try
        {
            reply = ApiReply.Success(ApiMethods.Publish, PublishMethods.Result(await publishing));
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            // Nobody is left to be answered.
            return;
        }
        catch (Exception exception)
        {
            reply = ApiReply.Failure(executor.ToError(exception, ApiMethods.Publish));
        }
        finally
        {
            // What was published may have been read from here until now.
            reader.AdvanceTo(end);
        }

        IInlineInput.Return(context);
        await ApiResponse.WriteAsync(context, ApiStatus.Of(context.Request, reply.Error), reply);
    }

    private static Task AnswerAsync(HttpContext context, PublishResult result) => result.Position == StreamPosition.None
        ? ApiResponse.SendAsync(context, StatusCodes.Status200OK, NoPosition)
        : ApiResponse.WriteAsync(context, StatusCodes.Status200OK, ApiReply.Success(ApiMethods.Publish, PublishMethods.Result(result)));
}
