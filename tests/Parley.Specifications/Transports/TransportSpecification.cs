using System.Text;
using Parley.Protocol.Centrifuge;
using Parley.Specifications.Transports.Clients;
using Parley.Testing;

namespace Parley.Specifications.Transports;

/// <summary>What clients may expect of a server over every transport. Inherit it for each transport and encoding.</summary>
/// <remarks>
/// This is the server's half, seen by clients that say exactly what a test wants. The clients' half, how the official SDK and Parley.Client
/// behave over every transport when networks and servers fail, is in the scenarios of Parley.EndToEnd.Tests, which every way of every
/// client goes through.
/// </remarks>
/// <param name="kind">The transport.</param>
/// <param name="isBinary">Whether it carries Protobuf rather than JSON.</param>
public abstract partial class TransportSpecification(TransportKind kind, bool isBinary) : IAsyncDisposable
{
    private readonly List<IAsyncDisposable> _opened = [];

    /// <summary>Whether the server asks by pings whether a client is there; polls show it else.</summary>
    private bool HasPings => kind != TransportKind.LongPolling;

    /// <summary>Starts a server.</summary>
    /// <param name="configure">Changes the limits.</param>
    protected abstract Task<ITransportHost> StartHostAsync(Action<Sessions.ClientOptions>? configure);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        foreach (var opened in Enumerable.Reverse(_opened))
            await opened.DisposeAsync();
    }

    private async Task<ITransportHost> StartAsync(Action<Sessions.ClientOptions>? configure = null)
    {
        var host = await StartHostAsync(configure);
        _opened.Add(host);
        return host;
    }

    /// <summary>A client that has sent nothing.</summary>
    private TransportClient NewClient(ITransportHost host, string user = "someone", Uri? at = null)
    {
        var codec = isBinary ? CentrifugeCodec.Protobuf : CentrifugeCodec.Json;
        var address = at ?? host.Address;
        TransportClient client = kind switch
        {
            TransportKind.WebSocket => new WebSocketTransportClient(address, codec, user),
            TransportKind.HttpStream => new StreamTransportClient(address, isEvents: false, codec, user),
            TransportKind.ServerSentEvents => new StreamTransportClient(address, isEvents: true, codec, user),
            _ => new LongPollingTransportClient(address, codec, user),
        };
        _opened.Add(client);
        return client;
    }

    /// <summary>A client that is connected and subscribed, and has read that.</summary>
    private async Task<TransportClient> OpenAsync(ITransportHost host, string user, params string[] channels)
    {
        var client = NewClient(host, user);
        await client.OpenAsync([client.Connect(), .. channels.Select(channel => client.Subscribe(channel))]);
        Assert.NotNull((await client.NextReplyAsync()).Connect);
        foreach (var _ in channels)
            Assert.NotNull((await client.NextReplyAsync()).Subscribe);
        return client;
    }

    private static ValueTask PublishAsync(ITransportHost host, string channel, int number) =>
        PublishAsync(host, channel, $"{number}");

    private static async ValueTask PublishAsync(ITransportHost host, string channel, string json) =>
        await host.Parley.PublishAsync(channel, Encoding.UTF8.GetBytes(json));

    /// <inheritdoc cref="WhileTimePassesAsync(ITransportHost, Func{Task{bool}})"/>
    private static async Task WhileTimePassesAsync(ITransportHost host, Task happening)
    {
        await WhileTimePassesAsync(host, () => Task.FromResult(happening.IsCompleted));
        await happening.WaitAsync(Patience.Limit);
    }

    /// <summary>Lets time pass until something has happened; requests in between see to it that the server has seen the time.</summary>
    private static async Task WhileTimePassesAsync(ITransportHost host, Func<Task<bool>> hasHappened)
    {
        using var http = new HttpClient { BaseAddress = host.Address };
        var deadline = DateTime.UtcNow + Patience.Limit;
        while (!await hasHappened() && DateTime.UtcNow < deadline)
        {
            host.LetPass(seconds: 1);
            using var barrier = new HttpRequestMessage(HttpMethod.Options, "/emulation");
            using var _ = await http.SendAsync(barrier);
        }
    }
}
