using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Parley.Webhooks.Tests.Support;

/// <summary>A receiver that does on its connections whatever a test says, byte by byte.</summary>
internal sealed class RawReceiver : IAsyncDisposable
{
    private readonly Socket _listener = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
    private readonly CancellationTokenSource _ending = new();
    private readonly Task _accepting;
    private readonly List<Task> _connections = [];
    private volatile Func<RawConnection, Task> _habit;

    /// <param name="habit">What it does on each connection; null: it accepts none.</param>
    /// <param name="backlog">How many connections the system takes for it meanwhile.</param>
    public RawReceiver(Func<RawConnection, Task>? habit, int backlog = 512)
    {
        _habit = habit ?? (static _ => Task.CompletedTask);
        _listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        _listener.Listen(backlog);
        _accepting = habit is null ? Task.CompletedTask : AcceptAsync();
    }

    public IPEndPoint Address => (IPEndPoint)_listener.LocalEndPoint!;

    public string Url => $"http://{Address}/hooks";

    public string SecureUrl => $"https://{Address}/hooks";

    /// <summary>Connections so far.</summary>
    public int Connections { get; private set; }

    /// <summary>What it does on connections from now on.</summary>
    public void Become(Func<RawConnection, Task> habit) => _habit = habit;

    public async ValueTask DisposeAsync()
    {
        await _ending.CancelAsync();
        _listener.Dispose();
        await _accepting;
        await Task.WhenAll(_connections);
        _ending.Dispose();
    }

    private async Task AcceptAsync()
    {
        while (true)
        {
            Socket socket;
            try
            {
                socket = await _listener.AcceptAsync(_ending.Token);
            }
            catch (Exception exception) when (exception is OperationCanceledException or SocketException or ObjectDisposedException)
            {
                return;
            }

            Connections++;
            _connections.Add(ServeAsync(socket));
        }
    }

    private async Task ServeAsync(Socket socket)
    {
        await using var connection = new RawConnection(socket, _ending.Token);
        try
        {
            await _habit(connection);
        }
        catch (Exception exception) when (exception is IOException or SocketException or OperationCanceledException or ObjectDisposedException
            or System.Security.Authentication.AuthenticationException)
        {
            // The sender has gone, or the test has ended.
        }
    }
}

/// <summary>A connection of a <see cref="RawReceiver"/>; closed in order when its habit ends.</summary>
internal sealed class RawConnection(Socket socket, CancellationToken ending) : IAsyncDisposable
{
    private readonly byte[] _buffer = new byte[64 * 1024];

    /// <summary>Bytes that were written.</summary>
    public long Written { get; private set; }

    /// <summary>What was read of requests.</summary>
    public string Got { get; private set; } = "";

    public Stream Stream { get; set; } = new NetworkStream(socket);

    /// <summary>Reads a request, head and body.</summary>
    /// <returns>All of it; empty when the connection ended before.</returns>
    public async Task<string> ReadAsync()
    {
        var text = "";
        while (!IsWhole(text))
        {
            var read = await Stream.ReadAsync(_buffer, ending);
            if (read == 0)
                return "";
            text += Encoding.Latin1.GetString(_buffer, 0, read);
            Got = text;
        }

        return text;
    }

    /// <summary>Reads some bytes of a request and no more.</summary>
    public async Task ReadAsync(int bytes) => await Stream.ReadExactlyAsync(_buffer.AsMemory(0, bytes), ending);

    public async Task WriteAsync(string text)
    {
        var bytes = Encoding.Latin1.GetBytes(text);
        await Stream.WriteAsync(bytes, ending);
        Written += bytes.Length;
    }

    /// <summary>Does nothing until the sender has gone.</summary>
    public async Task HangAsync()
    {
        while (await Stream.ReadAsync(_buffer, ending) > 0)
        {
        }
    }

    /// <summary>Writes something again and again until the sender has gone.</summary>
    public async Task RepeatAsync(string text)
    {
        while (true)
            await WriteAsync(text);
    }

    /// <summary>Writes something again and again, with pauses, until the sender has gone.</summary>
    public async Task DripAsync(string text)
    {
        using var pace = new PeriodicTimer(TimeSpan.FromMilliseconds(5));
        while (await pace.WaitForNextTickAsync(ending))
            await WriteAsync(text);
    }

    /// <summary>Ends the connection with a reset.</summary>
    public void Reset()
    {
        socket.LingerState = new LingerOption(enable: true, seconds: 0);
        socket.Close();
    }

    public async ValueTask DisposeAsync()
    {
        await Stream.DisposeAsync();
        socket.Dispose();
    }

    private static bool IsWhole(string text)
    {
        var end = text.IndexOf("\r\n\r\n", StringComparison.Ordinal);
        if (end < 0)
            return false;
        const string Length = "\r\nContent-Length: ";
        var at = text.IndexOf(Length, StringComparison.OrdinalIgnoreCase);
        if (at < 0 || at > end)
            return true;
        at += Length.Length;
        return text.Length >= end + 4 + int.Parse(text.AsSpan(at, text.IndexOf("\r\n", at, StringComparison.Ordinal) - at), null);
    }
}
