namespace Parley.Client.Transports;

/// <summary>Where the endpoints of a server are.</summary>
internal sealed class ServerAddresses
{
    private const string DefaultFolder = "/connection";

    private static readonly string[] Names = ["/websocket", "/http_stream", "/sse", "/long_poll"];

    public ServerAddresses(Uri address)
    {
        var isSecure = address.Scheme switch
        {
            "https" or "wss" => true,
            "http" or "ws" => false,
            _ => throw new ArgumentException($"{address} begins with none of http, https, ws, wss.", nameof(address)),
        };
        // Other SDKs take the address of one endpoint: whoever brings it here means the same server.
        var path = address.AbsolutePath.TrimEnd('/');
        var folder = path + DefaultFolder;
        if (Names.FirstOrDefault(name => path.EndsWith(name, StringComparison.Ordinal)) is { } given)
        {
            folder = path[..^given.Length];
            path = folder[..Math.Max(folder.LastIndexOf('/'), 0)];
        }

        WebSocket = At(isSecure ? "wss" : "ws", folder + "/websocket");
        var http = isSecure ? "https" : "http";
        HttpStream = At(http, folder + "/http_stream");
        ServerSentEvents = At(http, folder + "/sse");
        LongPoll = At(http, folder + "/long_poll");
        Emulation = At(http, path + "/emulation");

        Uri At(string scheme, string place)
        {
            var port = address.IsDefaultPort ? -1 : address.Port;
            return new UriBuilder(scheme, address.Host, port, place, address.Query).Uri;
        }
    }

    public Uri WebSocket { get; }

    public Uri HttpStream { get; }

    public Uri ServerSentEvents { get; }

    public Uri LongPoll { get; }

    public Uri Emulation { get; }
}
