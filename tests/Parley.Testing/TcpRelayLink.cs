using System.Net;
using System.Net.Sockets;
using System.Threading.Channels;

namespace Parley.Testing;

/// <summary>One connection through a <see cref="TcpRelay"/>: a pump in each direction.</summary>
internal sealed class TcpRelayLink(TcpRelay relay, Socket client, Socket server)
{
    private const int ChunkSize = 8 * 1024;

    // Little is under way inside the relay, so that an end that is not read from is felt by the other soon.
    private const int ChunksUnderWay = 4;

    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile TaskCompletionSource? _stall;

    /// <summary>Completes when both ends are closed.</summary>
    public Task Ended => _ended.Task;

    /// <summary>Relays until either side ends.</summary>
    public async Task RunAsync(IPEndPoint target)
    {
        try
        {
            await server.ConnectAsync(target);
            client.NoDelay = server.NoDelay = true;
            await Task.WhenAll(PumpAsync(client, server, TcpDirection.ToServer), PumpAsync(server, client, TcpDirection.ToClient));
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
        {
            // A side broke, or the test broke it: so does the other.
        }
        finally
        {
            Reset();
        }
    }

    public void Stall() => _stall ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);

    public void Resume() => Interlocked.Exchange(ref _stall, null)?.SetResult();

    /// <summary>Closes both sockets with a reset.</summary>
    public void Reset()
    {
        Close(client);
        Close(server);
        Resume();
        _ended.TrySetResult();
    }

    private async Task PumpAsync(Socket from, Socket to, TcpDirection direction)
    {
        var underWay = Channel.CreateBounded<(byte[] Bytes, DateTime Due)>(ChunksUnderWay);
        var delivering = DeliverAsync(underWay.Reader, to);
        try
        {
            var buffer = new byte[ChunkSize];
            int count;
            while ((count = await from.ReceiveAsync(buffer)) > 0)
            {
                var admitted = relay.Admit(direction, count);
                await underWay.Writer.WriteAsync((buffer[..admitted], DateTime.UtcNow + relay.Latency));
                if (admitted < count)
                {
                    // No end is told to the other side, which would answer half a request.
                    underWay.Writer.Complete(new OperationCanceledException());
                    await delivering;
                    relay.Cut();
                }
            }
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException or ChannelClosedException)
        {
            Reset();
        }

        underWay.Writer.TryComplete();
        await delivering;
    }

    private async Task DeliverAsync(ChannelReader<(byte[] Bytes, DateTime Due)> underWay, Socket to)
    {
        try
        {
            await foreach (var (bytes, due) in underWay.ReadAllAsync())
            {
                await UntilAsync(due);
                await (_stall?.Task ?? Task.CompletedTask);
                await to.SendAsync(bytes);
                if (relay.BytesPerSecond is > 0 and var rate)
                    await Task.Delay(TimeSpan.FromSeconds((double)bytes.Length / rate));
            }

            to.Shutdown(SocketShutdown.Send);
        }
        catch (OperationCanceledException)
        {
            // Cut here.
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
        {
            Reset();

            // The other pump may wait for room.
            await foreach (var _ in underWay.ReadAllAsync())
            {
            }
        }
    }

    private static async Task UntilAsync(DateTime due)
    {
        var remaining = due - DateTime.UtcNow;
        if (remaining > TimeSpan.Zero)
            await Task.Delay(remaining);
    }

    private static void Close(Socket socket)
    {
        try
        {
            socket.LingerState = new LingerOption(enable: true, seconds: 0);
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
        {
            // Closed before.
        }

        socket.Dispose();
    }
}
