using System.Globalization;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Text;

namespace Parley.Testing;

/// <summary>A WebSocket client that sends exactly the bytes a test wants and shows every frame that comes back.</summary>
/// <remarks>It knows nothing of the code under test. Every wait ends with a <see cref="TimeoutException"/> after 30 seconds.</remarks>
public sealed class RawWebSocketClient : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly Socket _socket;
    private readonly Stream _stream;

    private RawWebSocketClient(Socket socket, Stream stream)
    {
        _socket = socket;
        _stream = stream;
    }

    /// <summary>The socket, for a test that wants to reset it or to look at it.</summary>
    public Socket Socket => _socket;

    /// <summary>Opens the connection without a word of HTTP.</summary>
    /// <param name="endpoint">Where the server listens.</param>
    /// <param name="useTls">Whether to speak TLS first, with whatever certificate the server has.</param>
    /// <param name="receiveBuffer">Size of the socket's receive buffer in bytes, for clients that read slowly.</param>
    public static async Task<RawWebSocketClient> OpenAsync(IPEndPoint endpoint, bool useTls = false, int? receiveBuffer = null)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        if (receiveBuffer is { } size) socket.ReceiveBufferSize = size;
        await socket.ConnectAsync(endpoint).WaitAsync(Patience);
        Stream stream = new NetworkStream(socket, ownsSocket: true);
        if (useTls)
        {
            var tls = new SslStream(stream, leaveInnerStreamOpen: false);
            await tls.AuthenticateAsClientAsync(new SslClientAuthenticationOptions
            {
                TargetHost = "localhost",
                RemoteCertificateValidationCallback = static (_, _, _, _) => true,
            }).WaitAsync(Patience);
            stream = tls;
        }

        return new RawWebSocketClient(socket, stream);
    }

    /// <summary>Opens the connection and completes a handshake, which must succeed.</summary>
    /// <param name="endpoint">Where the server listens.</param>
    /// <param name="target">Path and query.</param>
    /// <param name="useTls">Whether to speak TLS first.</param>
    /// <param name="receiveBuffer">Size of the socket's receive buffer in bytes.</param>
    public static async Task<RawWebSocketClient> ConnectAsync(
        IPEndPoint endpoint, string target = "/", bool useTls = false, int? receiveBuffer = null)
    {
        var client = await OpenAsync(endpoint, useTls, receiveBuffer);
        await client.SendAsync(Handshake(endpoint, target));
        var response = await client.ReadResponseAsync();
        if (response.Status != 101)
            throw new InvalidOperationException($"The handshake was answered with {response.Status}: {response.Body}");
        return client;
    }

    /// <summary>The bytes of a handshake.</summary>
    /// <param name="endpoint">Goes into the Host header.</param>
    /// <param name="target">Path and query.</param>
    /// <param name="headers">Replaces headers of the usual handshake, adds others; a null value leaves one out.</param>
    /// <param name="requestLine">Replaces the request line.</param>
    public static byte[] Handshake(
        IPEndPoint endpoint, string target = "/", IEnumerable<KeyValuePair<string, string?>>? headers = null, string? requestLine = null)
    {
        var all = new Dictionary<string, string?>(StringComparer.OrdinalIgnoreCase)
        {
            ["Host"] = endpoint.ToString(),
            ["Connection"] = "Upgrade",
            ["Upgrade"] = "websocket",
            ["Sec-WebSocket-Version"] = "13",
            ["Sec-WebSocket-Key"] = "dGhlIHNhbXBsZSBub25jZQ==",
        };
        foreach (var (name, value) in headers ?? []) all[name] = value;

        var text = new StringBuilder(requestLine ?? $"GET {target} HTTP/1.1").Append("\r\n");
        foreach (var (name, value) in all)
        {
            if (value is not null) text.Append(CultureInfo.InvariantCulture, $"{name}: {value}\r\n");
        }

        return Encoding.UTF8.GetBytes(text.Append("\r\n").ToString());
    }

    public Task SendAsync(ReadOnlyMemory<byte> bytes) => _stream.WriteAsync(bytes).AsTask().WaitAsync(Patience);

    /// <summary>Sends frames in one write.</summary>
    public Task SendAsync(params IEnumerable<RawWebSocketFrame> frames) =>
        SendAsync(frames.SelectMany(static frame => frame.ToBytes()).ToArray());

    public Task SendTextAsync(string text) => SendAsync(RawWebSocketFrame.OfText(text));

    /// <summary>Reads the answer to a request: its head, and the body when a length is given or it comes in chunks.</summary>
    public async Task<RawHttpResponse> ReadResponseAsync()
    {
        var response = await ReadHeadAsync();
        if (response.Headers.TryGetValue("Content-Length", out var length))
            return response with { Body = await ReadTextAsync(int.Parse(length, CultureInfo.InvariantCulture)) };

        var body = new StringBuilder();
        if (response.Headers.TryGetValue("Transfer-Encoding", out var encoding) && encoding == "chunked")
        {
            int chunk;
            do
            {
                chunk = int.Parse(await ReadLineAsync(), NumberStyles.HexNumber, CultureInfo.InvariantCulture);
                body.Append(await ReadTextAsync(chunk));
                await ReadLineAsync();
            }
            while (chunk > 0);
        }

        return response with { Body = body.ToString() };
    }

    /// <summary>Reads the head of an answer.</summary>
    public async Task<RawHttpResponse> ReadHeadAsync()
    {
        var status = await ReadLineAsync();
        var headers = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        while (await ReadLineAsync() is { Length: > 0 } line)
        {
            var parts = line.Split(": ", 2);
            headers[parts[0]] = parts[1];
        }

        return new RawHttpResponse(int.Parse(status.Split(' ')[1], CultureInfo.InvariantCulture), headers, "");
    }

    /// <summary>Reads the next frame of the server.</summary>
    /// <exception cref="EndOfStreamException">The server ended the link instead.</exception>
    /// <exception cref="IOException">The link was reset.</exception>
    public async Task<RawWebSocketFrame> ReadFrameAsync()
    {
        var header = new byte[2];
        await ReadExactlyAsync(header);
        var length = (ulong)(header[1] & 0x7F);
        var lengthBytes = length switch { 126 => 2, 127 => 8, _ => 0 };
        if (lengthBytes > 0)
        {
            var extended = new byte[lengthBytes];
            await ReadExactlyAsync(extended);
            length = extended.Aggregate(0UL, static (sum, next) => (sum << 8) | next);
        }

        var isMasked = (header[1] & 0x80) != 0;
        var key = new byte[isMasked ? 4 : 0];
        await ReadExactlyAsync(key);
        var payload = new byte[length];
        await ReadExactlyAsync(payload);
        for (var i = 0; isMasked && i < payload.Length; i++) payload[i] ^= key[i % 4];
        return new RawWebSocketFrame((byte)(header[0] & 0x0F), payload)
        {
            IsFinal = (header[0] & 0x80) != 0,
            Reserved = (byte)((header[0] >> 4) & 7),
            IsMasked = isMasked,
            LengthBytes = lengthBytes,
        };
    }

    /// <summary>Waits until the server has ended the link, in order or by a reset, and returns what it sent before.</summary>
    public async Task<byte[]> ReadToEndAsync()
    {
        using var rest = new MemoryStream();
        try
        {
            await _stream.CopyToAsync(rest).WaitAsync(Patience);
        }
        catch (IOException)
        {
            // Reset: also an end.
        }

        return rest.ToArray();
    }

    /// <summary>Says no more, and goes on reading.</summary>
    public void ShutdownSend() => _socket.Shutdown(SocketShutdown.Send);

    /// <summary>Ends the link by a reset, as a process that dies does.</summary>
    public void Reset()
    {
        _socket.LingerState = new LingerOption(enable: true, seconds: 0);
        _socket.Close();
    }

    public ValueTask DisposeAsync() => _stream.DisposeAsync();

    private async Task<string> ReadLineAsync()
    {
        var line = new StringBuilder();
        var one = new byte[1];
        while (true)
        {
            await ReadExactlyAsync(one);
            if (one[0] == '\n') return line.ToString().TrimEnd('\r');
            line.Append((char)one[0]);
        }
    }

    private async Task<string> ReadTextAsync(int length)
    {
        var bytes = new byte[length];
        await ReadExactlyAsync(bytes);
        return Encoding.UTF8.GetString(bytes);
    }

    private Task ReadExactlyAsync(Memory<byte> buffer) => _stream.ReadExactlyAsync(buffer).AsTask().WaitAsync(Patience);
}
