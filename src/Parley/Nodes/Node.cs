using System.Reflection;
using Microsoft.Extensions.Logging;
using Parley.Authentication;
using Parley.Brokers;
using Parley.Channels;
using Parley.Diagnostics;
using Parley.Hubs;
using Parley.Presence;
using Parley.Sessions;
using Parley.Timing;

namespace Parley.Nodes;

/// <summary>One Parley process: what its sessions share.</summary>
internal sealed class Node
{
    public Node(
        ClientOptions clients, ChannelsOptions channels, IBroker broker, IPresenceStore presence, ITokenVerifier tokens,
        TimeProvider time, ILogger<Node> logger)
    {
        Clients = clients;
        Channels = channels;
        Rules = new ChannelRules(channels);
        Broker = broker;
        Presence = presence;
        Tokens = tokens;
        Time = time;
        Logger = logger;
        Wheel = new TimerWheel(time);
        Hub = new Hub(this);
        Metrics = new ParleyMetrics(Hub);
        StartedAt = time.GetTimestamp();
    }

    public static string Version { get; } =
        typeof(Node).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+')[0] ?? "0.0.0";

    public string Uid { get; } = NodeId.Create();

    public string Name { get; } = $"{Environment.MachineName}_{Environment.ProcessId}";

    public ClientOptions Clients { get; }

    public ChannelsOptions Channels { get; }

    public ChannelRules Rules { get; }

    public IBroker Broker { get; }

    public IPresenceStore Presence { get; }

    public ITokenVerifier Tokens { get; }

    public TimeProvider Time { get; }

    public TimerWheel Wheel { get; }

    public Hub Hub { get; }

    public ParleyMetrics Metrics { get; }

    public ILogger Logger { get; }

    public long StartedAt { get; }

    /// <summary>The monotonic time at which a wall-clock time comes, as a timestamp of <see cref="Time"/>.</summary>
    public long DueAt(DateTimeOffset moment, TimeSpan grace) => DueIn(moment - Time.GetUtcNow() + grace);

    /// <summary>The monotonic time after a delay, as a timestamp of <see cref="Time"/>.</summary>
    public long DueIn(TimeSpan delay) =>
        Time.GetTimestamp() + (long)Math.Min(delay.TotalSeconds * Time.TimestampFrequency, long.MaxValue / 2);

    /// <summary>Reads the position of a channel and nothing else.</summary>
    public HistoryQuery PositionQuery(string channel)
    {
        Rules.Find(channel, out var options);
        return new HistoryQuery { Limit = 0, HistoryMetaTtl = options.HistoryMetaTtl };
    }
}
