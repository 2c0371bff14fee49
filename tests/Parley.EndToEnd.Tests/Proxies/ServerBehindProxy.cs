using Parley.EndToEnd.Tests.Clients;

namespace Parley.EndToEnd.Tests.Proxies;

/// <summary>A server with a proxy in front of it.</summary>
public abstract class ServerBehindProxy(ReverseProxy proxy) : IAsyncLifetime
{
    public ReverseProxy Proxy => proxy;

    public ProxiedServer Server { get; } = new();

    public async ValueTask InitializeAsync()
    {
        await Server.StartAsync();
        await proxy.StartAsync(Server.Endpoint);
    }

    public async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        await proxy.DisposeAsync();
        await Server.DisposeAsync();
    }
}

public sealed class ServerBehindNginx(SdkHost sdk) : ServerBehindProxy(new NginxProxy(sdk));

public sealed class ServerBehindHaProxy(SdkHost sdk) : ServerBehindProxy(new HaProxy(sdk));

public sealed class ServerBehindNginxWithoutStreams(SdkHost sdk) : ServerBehindProxy(new NginxWithoutStreams(sdk));

public sealed class ServerBehindNginxWithoutUpgrade(SdkHost sdk) : ServerBehindProxy(new NginxWithoutUpgrade(sdk));
