using System.Net;
using Parley.EndToEnd.Tests.Clients;
using Parley.Testing;

namespace Parley.EndToEnd.Tests.Proxies;

/// <summary>HAProxy on <c>deploy/haproxy/parley.cfg</c>.</summary>
/// <param name="sdk">Trusts the certificate.</param>
/// <param name="second">A second node, which gets every other request; null: there is none.</param>
public sealed class HaProxy(SdkHost sdk, IPEndPoint? second = null) : ReverseProxy(sdk)
{
    private protected override ChildProcess Start(ProxySetup setup)
    {
        var configuration = setup.Copy(
            "haproxy/parley.cfg",
            ("maxconn 20000", "maxconn 500"),
            ("bind :80\n", $"bind {setup.Plain}\n"),
            ("bind :443 ssl", $"bind {setup.Secure} ssl"),
            ("/etc/ssl/parley/parley.pem", setup.Certificate.BundlePath),
            ("127.0.0.1:8000", second is null ? $"{setup.Server}" : $"{setup.Server} check\n    server node2 {second}"),
            ("timeout client 60s", $"timeout client {IdleTimeout.TotalSeconds}s"),
            ("timeout server 60s", $"timeout server {IdleTimeout.TotalSeconds}s"),
            ("timeout tunnel 60s", $"timeout tunnel {IdleTimeout.TotalSeconds}s"));
        return ChildProcess.Start("haproxy", ["-db", "-f", configuration], setup.Folder);
    }
}
