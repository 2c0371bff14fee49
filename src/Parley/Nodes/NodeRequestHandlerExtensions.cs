using Parley.Sessions;

namespace Parley.Nodes;

/// <summary>What every bus does with what reaches its node.</summary>
internal static class NodeRequestHandlerExtensions
{
    /// <summary>Has a request answered, whatever happens, in the time that it is waited for.</summary>
    /// <param name="handler">Answers it.</param>
    /// <param name="request">The request.</param>
    /// <param name="time">Says when it has been too long.</param>
    /// <param name="cancellationToken">Who asked waits no longer.</param>
    /// <returns>Null when it took too long.</returns>
    public static async ValueTask<NodeAnswer?> AnswerAsync(
        this INodeRequestHandler handler, NodeRequest request, TimeProvider time, CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(request.Patience, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            return await handler.HandleAsync(request, either.Token).AsTask().WaitAsync(either.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (either.IsCancellationRequested)
        {
            cancellationToken.ThrowIfCancellationRequested();
            return null;
        }
        catch (Exception)
        {
            // Who asked must not wait for what will not come. The handlers log what concerns a session.
            return new NodeAnswer { Error = ClientError.Internal };
        }
    }
}
