using System.Net;
using Microsoft.AspNetCore.Http;

namespace Parley.AspNetCore.Transports;

/// <summary>Tells requests of somebody on this machine from all others.</summary>
/// <remarks>
/// The Host header gives away a page of another name that points at 127.0.0.1 (DNS rebinding); the address, a client that writes
/// what it likes into Host; and the headers that proxies and tunnels add, those that come through one on this machine.
/// </remarks>
internal static class LocalRequest
{
    private static readonly string[] ProxyHeaders = ["Forwarded", "Via", "X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Proto", "X-Real-IP"];

    public static bool IsLocal(HttpRequest request)
    {
        // A request without an address came over a socket in the file system.
        var comesFromHere = request.HttpContext.Connection.RemoteIpAddress is not { } address || IPAddress.IsLoopback(address);
        return comesFromHere && IsLoopbackHost(request.Host.Host) && !HasPassedProxy(request.Headers);
    }

    private static bool HasPassedProxy(IHeaderDictionary headers)
    {
        foreach (var name in ProxyHeaders)
        {
            if (headers.ContainsKey(name))
                return true;
        }

        return false;
    }

    public static bool IsLoopbackHost(string host) =>
        host.Equals("localhost", StringComparison.OrdinalIgnoreCase)
        || (IPAddress.TryParse(host, out var address) && IPAddress.IsLoopback(address));
}
