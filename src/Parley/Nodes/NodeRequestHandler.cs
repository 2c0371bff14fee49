using System.IO.Enumeration;
using Parley.Sessions;

namespace Parley.Nodes;

/// <summary>Does on this node what the application asks of sessions, and what clients ask of theirs through other nodes.</summary>
internal sealed class NodeRequestHandler(Node node, IEnumerable<ITransportRequestHandler> transports) : INodeRequestHandler
{
    private readonly Dictionary<string, ITransportRequestHandler> _transports = transports.ToDictionary(static transport => transport.Name);

    public async ValueTask<NodeAnswer> HandleAsync(NodeRequest request, CancellationToken cancellationToken = default)
    {
        switch (request)
        {
            case NodeRequest.Subscribe subscribe:
                return await SubscribeAsync(subscribe);
            case NodeRequest.Unsubscribe unsubscribe:
                Unsubscribe(unsubscribe);
                return NodeAnswer.Done;
            case NodeRequest.Disconnect disconnect:
                foreach (var session in Find(disconnect.Sessions).Where(session => !disconnect.Whitelist.Contains(session.Id)))
                    session.Disconnect(disconnect.Reason);
                return NodeAnswer.Done;
            case NodeRequest.Refresh refresh:
                foreach (var session in Find(refresh.Sessions))
                    session.Refresh(refresh.Options);
                return NodeAnswer.Done;
            case NodeRequest.Channels channels:
                return new NodeAnswer { Channels = FindChannels(channels.Pattern) };
            case NodeRequest.Info:
                return new NodeAnswer { Info = Describe() };
            case NodeRequest.Transport transport:
                return _transports.TryGetValue(transport.Name, out var handler)
                    ? await handler.HandleAsync(transport, cancellationToken)
                    : new NodeAnswer { Error = ClientError.MethodNotFound };
            default:
                throw new ArgumentOutOfRangeException(nameof(request), request, "Unknown request.");
        }
    }

    private IReadOnlyList<Session> Find(SessionSelector sessions) => node.Hub.Sessions.Find(sessions);

    private async ValueTask<NodeAnswer> SubscribeAsync(NodeRequest.Subscribe request)
    {
        ClientError? error = null;
        foreach (var session in Find(request.Sessions))
        {
            var failed = await session.ServerSubscribeAsync(request.Channel, request.Grant);
            error ??= failed;
        }

        return new NodeAnswer { Error = error };
    }

    private void Unsubscribe(NodeRequest.Unsubscribe request)
    {
        foreach (var session in Find(request.Sessions))
        {
            if (request.Channel is { Length: > 0 } channel)
                session.Unsubscribe(channel, request.Reason);
            else
                session.UnsubscribeAll(request.Reason);
        }
    }

    private Dictionary<string, int> FindChannels(string? pattern) =>
        node.Hub.Channels
            .Where(channel => pattern is null or "" || FileSystemName.MatchesSimpleExpression(pattern, channel.Name, ignoreCase: false))
            .Select(static channel => (channel.Name, channel.Count))
            .Where(static channel => channel.Count > 0)
            .ToDictionary(static channel => channel.Name, static channel => channel.Count);

    private NodeInfo Describe() => new()
    {
        Uid = node.Uid,
        Name = node.Name,
        Version = Node.Version,
        Clients = node.Hub.Sessions.Count,
        Users = node.Hub.Sessions.UserCount,
        Channels = node.Hub.ChannelCount,
        Subscriptions = node.Hub.Channels.Sum(static channel => channel.Count),
        Uptime = node.Time.GetElapsedTime(node.StartedAt),
    };
}
