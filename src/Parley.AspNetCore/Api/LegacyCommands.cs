using System.Text.Json;
using Parley.AspNetCore.Api.Messages;
using Parley.Sessions;

namespace Parley.AspNetCore.Api;

/// <summary>Commands of the form <c>{"method":...,"params":...}</c>, one after the other in one body.</summary>
internal static class LegacyCommands
{
    private static readonly ReadOnlyMemory<byte> NoParams = "{}"u8.ToArray();

    /// <exception cref="UnreadableRequestException">The body is not of this form; nothing was done.</exception>
    public static async ValueTask<IReadOnlyList<(uint? Id, ApiReply Reply)>> ExecuteAsync(
        ReadOnlyMemory<byte> body, ApiExecutor executor, CancellationToken cancellationToken)
    {
        var replies = new List<(uint?, ApiReply)>();
        foreach (var (command, bytes) in Read(body))
            replies.Add((command.Id, await ExecuteAsync(command, bytes, executor, cancellationToken)));
        return replies;
    }

    private static async ValueTask<ApiReply> ExecuteAsync(
        LegacyCommand command, ReadOnlyMemory<byte> bytes, ApiExecutor executor, CancellationToken cancellationToken)
    {
        if (ApiMethods.Find(command.Method ?? "") is not { } method)
            return ApiReply.Failure(ClientError.MethodNotFound);
        try
        {
            var call = ApiCall.Read(method, command.Params.IsAbsent ? NoParams : command.Params.Of(bytes));
            return await executor.ExecuteAsync(call, cancellationToken);
        }
        catch (UnreadableRequestException exception)
        {
            return ApiReply.Failure(Refusal.Of(ClientError.BadRequest, exception.Message));
        }
    }

    private static List<(LegacyCommand Command, ReadOnlyMemory<byte> Bytes)> Read(ReadOnlyMemory<byte> body)
    {
        var commands = new List<(LegacyCommand, ReadOnlyMemory<byte>)>();
        foreach (var bytes in Split(body))
            commands.Add(((LegacyCommand)ApiCall.Read(ApiJson.Default.LegacyCommand, bytes), bytes));
        return commands.Count > 0 ? commands : throw new UnreadableRequestException("the body is empty");
    }

    private static List<ReadOnlyMemory<byte>> Split(ReadOnlyMemory<byte> body)
    {
        var values = new List<ReadOnlyMemory<byte>>();
        var reader = new Utf8JsonReader(body.Span, new JsonReaderOptions { AllowMultipleValues = true });
        try
        {
            while (reader.Read())
            {
                var start = (int)reader.TokenStartIndex;
                reader.Skip();
                values.Add(body[start..(int)reader.BytesConsumed]);
            }
        }
        catch (JsonException exception)
        {
            throw UnreadableRequestException.From(exception);
        }

        return values;
    }
}
