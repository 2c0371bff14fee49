using Parley.LoadTest.Sockets;

namespace Parley.LoadTest.Client;

/// <summary>What the connections of a run are made with and share.</summary>
internal sealed class Network : IDisposable
{
    public Network(Target target)
    {
        Target = target;
        Side = new SideRequests(this);
    }

    public Target Target { get; }

    public EventLoop Loop { get; } = new();

    public SourceAddresses Sources { get; } = new();

    public SideRequests Side { get; }

    public void Dispose()
    {
        Side.Dispose();
        Loop.Dispose();
    }
}
