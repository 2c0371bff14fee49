using Parley.Brokers;

namespace Parley.Nodes;

/// <summary>Carries requests about sessions to other nodes and their answers back.</summary>
/// <remarks>
/// Thread-safe. Requests and answers are plain data, which <see cref="NodeMessages"/> turns into bytes. Whoever can write to what carries
/// them is trusted as a node is: a request says which user it is from.
/// </remarks>
internal interface INodeBus
{
    /// <summary>Starts the bus. Called once, before anything else.</summary>
    /// <param name="node">Id of this node, which the others reach it by.</param>
    /// <param name="handler">Answers what reaches this node; many requests at once.</param>
    /// <param name="cancellationToken">Gives up the start.</param>
    ValueTask StartAsync(string node, INodeRequestHandler handler, CancellationToken cancellationToken = default);

    /// <summary>Asks every node, this one included.</summary>
    /// <returns>One answer per node that answered in time.</returns>
    ValueTask<IReadOnlyList<NodeAnswer>> AskAllAsync(NodeRequest request, CancellationToken cancellationToken = default);

    /// <summary>Asks one node, which may be this one.</summary>
    /// <param name="node">Its id. For one that is not there the answer is null without a wait, where the bus can tell.</param>
    /// <param name="request">Runs at most once. At most <see cref="NodeMessages.MaxBytes"/> as bytes.</param>
    /// <param name="cancellationToken">
    /// Ends the wait, and the handler's token too as soon as the bus can tell the other node, which may be never: what was asked
    /// may have been done.
    /// </param>
    /// <returns>
    /// Null when no such node answered within <see cref="NodeRequest.Patience"/>, or when request or answer is too large: nobody knows
    /// then whether it was done. A handler that fails is an answer with <see cref="NodeAnswer.Error"/>.
    /// </returns>
    /// <exception cref="BrokerUnavailableException">The bus does not work at the moment; nobody knows whether the request was sent.</exception>
    ValueTask<NodeAnswer?> AskAsync(string node, NodeRequest request, CancellationToken cancellationToken = default);
}

/// <summary>Answers the requests that reach a node.</summary>
internal interface INodeRequestHandler
{
    ValueTask<NodeAnswer> HandleAsync(NodeRequest request, CancellationToken cancellationToken = default);
}
