using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Primitives;
using Microsoft.Net.Http.Headers;

namespace Parley.AspNetCore.Transports.WebSockets;

/// <summary>What a client asked for in a valid opening handshake.</summary>
/// <remarks>
/// Source: RFC 6455, section 4.2, and RFC 8441 for HTTP/2, where the request is an extended CONNECT without a key. No extension
/// is negotiated.
/// </remarks>
internal sealed record WebSocketHandshake
{
    private const string Version = "13";
    private const string JsonSubProtocol = "centrifuge-json";
    private const string ProtobufSubProtocol = "centrifuge-protobuf";
    private const int KeyBytes = 16;

    /// <summary>Value of Sec-WebSocket-Accept; null over HTTP/2.</summary>
    public string? Accept { get; private init; }

    /// <summary>The sub-protocol to answer with; null when the client offered none that is spoken here.</summary>
    public string? SubProtocol { get; private init; }

    /// <summary>Whether messages are Protobuf in binary frames; else JSON in text frames.</summary>
    public bool IsBinary { get; private init; }

    /// <summary>Whether pings are the WebSocket's own in place of the protocol's.</summary>
    public bool UsesNativePings { get; private init; }

    /// <summary>Checks a request.</summary>
    /// <returns>False when it must be refused.</returns>
    public static bool TryRead(
        HttpContext context,
        [NotNullWhen(true)] out WebSocketHandshake? handshake,
        [NotNullWhen(false)] out Refusal? refusal)
    {
        handshake = null;
        var request = context.Request;
        var isHttp2 = context.Features.Get<IHttpExtendedConnectFeature>() is { IsExtendedConnect: true } connect
            && string.Equals(connect.Protocol, "websocket", StringComparison.OrdinalIgnoreCase);
        refusal = (isHttp2 ? null : CheckUpgrade(context)) ?? CheckVersion(request);
        if (refusal is not null) return false;

        string? accept = null;
        if (!isHttp2 && !TryMakeAccept(request.Headers.SecWebSocketKey, out accept))
        {
            refusal = new Refusal(StatusCodes.Status400BadRequest, "Sec-WebSocket-Key must be 16 bytes in base64.");
            return false;
        }

        var subProtocol = ChooseSubProtocol(request.Headers.SecWebSocketProtocol);
        handshake = new WebSocketHandshake
        {
            Accept = accept,
            SubProtocol = subProtocol,
            IsBinary = subProtocol is null
                ? request.Query["cf_protocol"] == "protobuf" || request.Query["format"] == "protobuf"
                : subProtocol == ProtobufSubProtocol,
            UsesNativePings = request.Query["cf_ws_frame_ping_pong"] == "true",
        };
        return true;
    }

    private static Refusal? CheckUpgrade(HttpContext context)
    {
        var request = context.Request;
        if (!HttpMethods.IsGet(request.Method))
            return new Refusal(StatusCodes.Status405MethodNotAllowed, "Use GET.", HeaderNames.Allow, "GET");
        if (!HasToken(request.Headers.Connection, "upgrade") || !HasToken(request.Headers.Upgrade, "websocket"))
            return new Refusal(
                StatusCodes.Status426UpgradeRequired, "This is a WebSocket endpoint.", HeaderNames.Upgrade, "websocket");
        if (!HttpProtocol.IsHttp11(request.Protocol) || context.Features.Get<IHttpUpgradeFeature>() is not { IsUpgradableRequest: true })
            return new Refusal(StatusCodes.Status400BadRequest, "The request cannot be upgraded.");
        return null;
    }

    private static Refusal? CheckVersion(HttpRequest request) => request.Headers.SecWebSocketVersion == Version
        ? null
        : new Refusal(
            StatusCodes.Status426UpgradeRequired, "Sec-WebSocket-Version must be 13.", HeaderNames.SecWebSocketVersion, Version);

    private static bool TryMakeAccept(StringValues key, [NotNullWhen(true)] out string? accept)
    {
        accept = null;
        Span<byte> decoded = stackalloc byte[KeyBytes + 2];
        // Convert allows white space between the characters, which is why the length counts too.
        if (key is not [{ Length: 24 } text] || !Convert.TryFromBase64String(text, decoded, out var count) || count != KeyBytes)
            return false;

        Span<byte> hash = stackalloc byte[SHA1.HashSizeInBytes];
        // Not for secrecy: the hash only shows that the server understood the handshake.
        SHA1.HashData(Encoding.ASCII.GetBytes(text + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"), hash);
        accept = Convert.ToBase64String(hash);
        return true;
    }

    private static string? ChooseSubProtocol(StringValues offers)
    {
        foreach (var offer in offers.SelectMany(static line => line?.Split(',', StringSplitOptions.TrimEntries) ?? []))
        {
            if (offer is JsonSubProtocol or ProtobufSubProtocol) return offer;
        }

        return null;
    }

    private static bool HasToken(StringValues lines, string token) => lines.Any(line =>
        line is not null && line.Split(',', StringSplitOptions.TrimEntries).Contains(token, StringComparer.OrdinalIgnoreCase));
}
