using Microsoft.Extensions.DependencyInjection;
using Parley.Presence;

namespace Parley.Testing.Nodes;

/// <summary>What the nodes of a test share when they run in one process: broker, presence and the bus between them.</summary>
/// <param name="time">The nodes' clock.</param>
public sealed class NodeCluster(TimeProvider time) : IDisposable
{
    private readonly SharedMemory _memory = new(time);
    private readonly MemoryPresenceStore _presence = new();
    private readonly NodeNetwork _network = new(time);

    /// <summary>Requests that one node has asked another one.</summary>
    public int Asked => _network.Asked;

    /// <summary>Makes an application a node; to be called before <c>AddParley</c>.</summary>
    public void AddNode(IServiceCollection services)
    {
        services.AddSingleton(time);
        services.AddSingleton(_ => _memory.NewNode());
        services.AddSingleton<IPresenceStore>(_presence);
        services.AddSingleton(_ => _network.NewNode());
    }

    /// <inheritdoc/>
    public void Dispose() => _memory.Dispose();
}
