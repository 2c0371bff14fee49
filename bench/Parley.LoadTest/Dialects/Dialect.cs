using System.Globalization;
using System.Text;
using Parley.LoadTest.Client;

namespace Parley.LoadTest.Dialects;

/// <summary>How clients of one kind of server speak: what they open with, publish, call, and what the server's messages mean.</summary>
internal abstract class Dialect
{
    /// <summary>What a server speaks when nothing else is said.</summary>
    public static readonly Dialect Default = new CentrifugeDialect();

    private static readonly Dialect[] All = [
        Default, new BareDialect(), new SocketIoDialect(), new SignalRDialect(), new NchanDialect(), new NatsDialect(), new MqttDialect(),
    ];

    public static IEnumerable<string> Names => All.Select(d => d.Name);

    /// <summary>As in files of peers.</summary>
    public abstract string Name { get; }

    /// <summary>What clients ask for in <c>Sec-WebSocket-Protocol</c>; null: nothing.</summary>
    public virtual string? SubProtocol => null;

    /// <summary>How long after its last sign a subscription may take effect.</summary>
    public virtual TimeSpan SettleTime => TimeSpan.Zero;

    public static Dialect Find(string name) => All.FirstOrDefault(d => d.Name == name)
        ?? throw new LoadTestException($"there is no dialect {name}; there are {string.Join(", ", Names)}");

    /// <summary>Opens a client that subscribes to channels.</summary>
    /// <param name="network">What it is made with.</param>
    /// <param name="transport">How its messages travel.</param>
    /// <param name="index">What the receiver knows it by.</param>
    /// <param name="channels">None for one that only publishes.</param>
    /// <param name="receiver">Takes what arrives.</param>
    public abstract ClientConnection Connect(Network network, Transport transport, int index, string[] channels, IReceiver receiver);

    /// <summary>Opens a connection that publishes as clients do.</summary>
    public virtual Publisher OpenPublisher(Network network) => new WebSocketPublisher(network);

    /// <summary>A client's message that publishes.</summary>
    public abstract CommandTemplate Publish(string channel, int payloadBytes);

    /// <summary>A client's message that is answered with the payload it carries; null when there is none in this dialect.</summary>
    public virtual CommandTemplate? Call(string method, int payloadBytes) => null;

    /// <summary>The request that publishes over HTTP.</summary>
    public virtual CommandTemplate Post(Target target, string channel, int payloadBytes) =>
        HttpPost(target, channel, "", Stamp.Payload(payloadBytes));

    /// <summary>A request to an address below that of the target's API.</summary>
    protected static CommandTemplate HttpPost(Target target, string path, string headers, string body)
    {
        var url = new Uri(target.Api ?? throw new LoadTestException("the server's HTTP API has no address"), path);
        return new CommandTemplate(string.Create(
            CultureInfo.InvariantCulture,
            $"POST {url.PathAndQuery} HTTP/1.1\r\nHost: {url.Authority}\r\n{headers}Content-Type: application/json\r\nContent-Length: {Encoding.UTF8.GetByteCount(body)}\r\n\r\n{body}"));
    }
}
