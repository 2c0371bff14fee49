namespace Parley.Client.Transports;

/// <summary>Where the endpoints of a server are.</summary>
internal sealed class ServerAddresses
{
    private static readonly string[] Endpoints =
        ["connection/websocket", "connection/http_stream", "connection/sse", "emulation"];

    public ServerAddresses(Uri address)
    {
        var isSecure = address.Scheme switch
        {
            "https" or "wss" => true,
            "http" or "ws" => false,
            _ => throw new ArgumentException($"{address} begins with none of http, https, ws, wss.", nameof(address)),
        };
        // Other SDKs take the address of the WebSocket endpoint: whoever brings it here means the same server.
        var path = address.AbsolutePath.TrimEnd('/');
        foreach (var endpoint in Endpoints)
            if (path.EndsWith("/" + endpoint, StringComparison.Ordinal)) path = path[..^(endpoint.Length + 1)];

        var http = new UriBuilder(address) { Scheme = isSecure ? "https" : "http", Path = path + "/", Fragment = "" };
        var webSocket = new UriBuilder(http.Uri) { Scheme = isSecure ? "wss" : "ws", Path = path + "/connection/websocket" };
        WebSocket = webSocket.Uri;
        HttpStream = At("connection/http_stream");
        ServerSentEvents = At("connection/sse");
        Emulation = At("emulation");

        Uri At(string endpoint) => new UriBuilder(http.Uri) { Path = path + "/" + endpoint }.Uri;
    }

    public Uri WebSocket { get; }

    public Uri HttpStream { get; }

    public Uri ServerSentEvents { get; }

    public Uri Emulation { get; }
}
