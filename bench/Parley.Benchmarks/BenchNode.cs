using Microsoft.Extensions.Logging.Abstractions;
using Parley.AspNetCore.Protocols.Centrifuge;
using Parley.AspNetCore.Protocols.Centrifuge.Recovery;
using Parley.AspNetCore.Transports.WebSockets;
using Parley.Authentication;
using Parley.Brokers;
using Parley.Brokers.Memory;
using Parley.Channels;
using Parley.Nodes;
using Parley.Presence;
using Parley.Sessions;
using CentrifugeCodec = Parley.Protocol.Centrifuge.CentrifugeCodec;

namespace Parley.Benchmarks;

/// <summary>A node with everything but transports: sessions whose frames are taken and dropped.</summary>
internal sealed class BenchNode : IDisposable
{
    public const string Channel = "news:sport";
    public const int History = 200;

    private readonly MemoryBroker _broker = new(TimeProvider.System);
    private readonly Node _node;
    private readonly ChannelOptions _options;

    /// <summary>Where <see cref="Channel"/> stands.</summary>
    public StreamPosition Top { get; private set; }

    private BenchNode(bool hasHistory)
    {
        _options = hasHistory
            ? new ChannelOptions { HistorySize = History, HistoryTtl = TimeSpan.FromHours(1), AllowRecovery = true, ForceRecovery = true }
            : new ChannelOptions();
        var channels = new ChannelsOptions { Namespaces = { ["news"] = _options } };
        _node = new Node(
            new ClientOptions { Insecure = true },
            channels,
            _broker,
            new MemoryPresenceStore(),
            new NoTokens(),
            TimeProvider.System,
            NullLogger<Node>.Instance);
        var recovery = new RecoveryCache(_node.Wheel);
        Json = new CentrifugeFormat(CentrifugeCodec.Json, WebSocketFraming.Text, recovery);
        Protobuf = new CentrifugeFormat(CentrifugeCodec.Protobuf, WebSocketFraming.Binary, recovery);
    }

    /// <summary>How sessions say what they say: one for each process and encoding.</summary>
    public CentrifugeFormat Json { get; }

    public CentrifugeFormat Protobuf { get; }

    public static async Task<BenchNode> StartAsync(bool hasHistory)
    {
        var node = new BenchNode(hasHistory);
        await node._broker.StartAsync(node._node.Hub);
        return node;
    }

    /// <summary>Opens a session that has not connected yet.</summary>
    public (Session Session, IConnection Connection) Open(WireFormat format)
    {
        var connection = new Sink();
        return (new Session(_node, connection, format, new Frame([]), "nowhere"), connection);
    }

    public async Task<Session> ConnectAsync(WireFormat format)
    {
        var (session, _) = Open(format);
        var connected = await session.ConnectAsync(new ConnectRequest());
        if (!connected.Succeeded)
            throw new InvalidOperationException($"connect failed: {connected.Error?.Message ?? connected.Disconnect?.Reason}");

        await session.GoLiveAsync();
        return session;
    }

    /// <summary>Subscribes to <see cref="Channel"/>; from a position on when one is given.</summary>
    public static async Task<Subscription> SubscribeAsync(Session session, StreamPosition? since = null)
    {
        var subscribed = await session.SubscribeAsync(new SubscribeRequest { Channel = Channel, RecoverSince = since });
        var subscription = subscribed.Value
            ?? throw new InvalidOperationException($"subscribe failed: {subscribed.Error?.Message ?? subscribed.Disconnect?.Reason}");
        await session.GoLiveAsync(subscription);
        return subscription;
    }

    public StreamPosition Publish(byte[]? payload = null)
    {
        // The broker of one process completes at once.
        var published = _broker.PublishAsync(Channel, new BrokerPublishRequest
        {
            Data = payload ?? Formats.Payload,
            HistorySize = _options.HistorySize,
            HistoryTtl = _options.HistoryTtl,
            HistoryMetaTtl = _options.HistoryMetaTtl,
        });
        return Top = published.GetAwaiter().GetResult().Position;
    }

    public void Dispose()
    {
        _node.Wheel.Dispose();
        _broker.Dispose();
    }

    private sealed class Sink : IConnection
    {
        public string Transport => "none";

        public long QueuedBytes => 0;

        public bool TryEnqueue(Frame frame) => true;

        public void EnqueueFirst(Frame frame)
        {
            // Nobody is there.
        }

        public Task DrainAsync() => Task.CompletedTask;

        public void Close(DisconnectReason reason)
        {
            // Nobody is there.
        }
    }

    private sealed class NoTokens : ITokenVerifier
    {
        public ValueTask<TokenResult<ConnectionToken>> VerifyConnectionAsync(string token, CancellationToken cancellationToken = default) =>
            throw new NotSupportedException();

        public ValueTask<TokenResult<SubscriptionToken>> VerifySubscriptionAsync(string token, CancellationToken cancellationToken = default) =>
            throw new NotSupportedException();
    }
}
