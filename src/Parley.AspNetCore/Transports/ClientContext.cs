using System.Net;
using Parley.Sessions;

namespace Parley.AspNetCore.Transports;

/// <summary>What a protocol may know of how a client came in.</summary>
internal sealed record ClientContext
{
    /// <summary>The transport's way of wrapping messages; one instance per process and kind.</summary>
    public required TransportFraming Framing { get; init; }

    /// <summary>Whether messages are binary (Protobuf).</summary>
    public required bool IsBinary { get; init; }

    /// <summary>User id of the ASP.NET Core principal; null when the request is not authenticated.</summary>
    public string? AuthenticatedUser { get; init; }

    /// <summary>When the host's authentication of that user ends; null: it does not say.</summary>
    public DateTimeOffset? AuthenticatedUntil { get; init; }

    /// <summary>Sent in place of the protocol's own ping when the client asked for pings of the transport's; null otherwise.</summary>
    public Frame? NativePing { get; init; }

    /// <summary>
    /// What the client names in requests beside the one that carries its frames, to say whose they are: a secret that the connect reply
    /// tells. Null when everything goes over one link.
    /// </summary>
    public string? SideSession { get; init; }

    /// <summary>
    /// Whether the first message came by a request that must change nothing (GET), which other sites' pages can make a browser send: only
    /// connect and subscribe are taken from it.
    /// </summary>
    public bool IsFirstSafe { get; init; }

    /// <summary>Address of the client, for logs and limits.</summary>
    public IPAddress? RemoteAddress { get; init; }

    /// <summary>The page's origin, for logs.</summary>
    public string? Origin { get; init; }

    /// <summary>Where the client comes from, for logs.</summary>
    public string Remote
    {
        get
        {
            var address = RemoteAddress?.ToString() ?? "unknown address";
            return Origin is { } origin ? $"{address}, origin {origin}" : address;
        }
    }
}
