using Parley.AspNetCore.Transports;
using Parley.Nodes;
using Parley.Sessions;

namespace Parley.AspNetCore.Protocols.Events;

/// <summary>Plain server-sent events: no commands, and data that needs no SDK.</summary>
internal sealed class EventProtocol(Node node)
{
    public EventHandler Open(IConnection connection, ClientContext context) =>
        new(new Session(node, connection, EventFormat.Instance, EventFormat.Ping, context.Remote, PongRule.None), connection, context);
}
