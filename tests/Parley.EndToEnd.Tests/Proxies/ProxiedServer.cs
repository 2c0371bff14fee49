using Parley.Testing;

namespace Parley.EndToEnd.Tests.Proxies;

/// <summary>A server behind a proxy on the same machine, which pings more often than the proxy's time-outs in these tests end.</summary>
public sealed class ProxiedServer() : ParleyServerProcess("""
    {
      "Proxies": [ "127.0.0.1" ],
      "Clients": { "PingInterval": "00:00:02", "PongTimeout": "00:00:01.9" },
      "Channels": { "Default": { "AllowSubscribe": true, "AllowPublishForSubscriber": true } }
    }
    """);
