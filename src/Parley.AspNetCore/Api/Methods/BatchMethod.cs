using Parley.AspNetCore.Api.Messages;
using Parley.Sessions;

namespace Parley.AspNetCore.Api.Methods;

internal static class BatchMethod
{
    private const int MaxParallel = 64;

    public static async ValueTask<ApiBatchResult> BatchAsync(ApiBatchRequest request, ApiContext context)
    {
        if (request.Commands is not { Count: > 0 } commands)
            throw Refusal.BadRequest("commands are required");

        // All are read before the first is carried out, so that a broken batch changes nothing.
        var steps = commands.ConvertAll(command => Read(command, context));
        var replies = new ApiReply[steps.Count];
        async ValueTask ExecuteAsync(int index, CancellationToken cancellationToken) =>
            replies[index] = steps[index].Reply ?? await context.Executor.ExecuteAsync(steps[index].Call!, cancellationToken);

        if (request.Parallel == true)
        {
            var options = new ParallelOptions { MaxDegreeOfParallelism = MaxParallel, CancellationToken = context.CancellationToken };
            await Parallel.ForAsync(0, steps.Count, options, ExecuteAsync);
        }
        else
        {
            for (var index = 0; index < replies.Length; index++)
                await ExecuteAsync(index, context.CancellationToken);
        }

        return new ApiBatchResult { Replies = replies };
    }

    private static (ApiCall? Call, ApiReply? Reply) Read(Dictionary<string, JsonSlice>? command, ApiContext context)
    {
        // Unknown members are ignored here as everywhere.
        var known = (command ?? []).Where(static member => ApiMethods.Find(member.Key) is { IsBatchable: true }).ToList();
        if (known.Count == 0)
            return (null, ApiReply.Failure(ClientError.MethodNotFound));
        if (known.Count > 1)
            return (null, ApiReply.Failure(Refusal.Of(ClientError.BadRequest, "a command has one method")));
        var (name, body) = known[0];
        return (ApiCall.Read(ApiMethods.Find(name)!, body.Of(context.Body)), null);
    }
}
