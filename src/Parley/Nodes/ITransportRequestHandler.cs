namespace Parley.Nodes;

/// <summary>Serves on this node the clients of one transport whose requests came to other nodes.</summary>
internal interface ITransportRequestHandler
{
    /// <summary>The <see cref="NodeRequest.Transport.Name"/> that it takes.</summary>
    string Name { get; }

    /// <summary>Decides and answers. Must not ask other nodes, so that no request goes in circles.</summary>
    ValueTask<NodeAnswer> HandleAsync(NodeRequest.Transport request, CancellationToken cancellationToken);
}
