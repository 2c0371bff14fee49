using Parley.Client.Connections;
using Wire = Parley.Protocol.Centrifuge;

namespace Parley.Client;

/// <remarks>Calls that need the server wait for the connection first, within the same time-out.</remarks>
public sealed partial class ParleyClient
{
    /// <summary>Publishes to a channel.</summary>
    /// <param name="channel">The server must allow it.</param>
    /// <param name="data">In <see cref="ProtocolFormat.Json"/> one JSON value as UTF-8. Must not change before the call ends.</param>
    /// <param name="cancellationToken">Ends the wait; whether it was published is then unknown.</param>
    /// <exception cref="ParleyException">Refused (103), or the answer did not come: <see cref="ErrorCodes"/>.</exception>
    /// <exception cref="ArgumentException"><paramref name="data"/> is no JSON where it must be.</exception>
    public Task PublishAsync(string channel, ReadOnlyMemory<byte> data, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(channel);
        OptionsCheck.ThrowIfNoPayload(data, _options.Format, nameof(data));
        return CallAsync(new Wire.Command { Publish = new() { Channel = channel, Data = data } }, cancellationToken);
    }

    /// <summary>Reads the history of a channel.</summary>
    /// <param name="channel">The server must allow it (103) and keep history for it (108).</param>
    /// <param name="options">Null: the position alone.</param>
    /// <param name="cancellationToken">Ends the wait. Reading consumes nothing.</param>
    /// <exception cref="ParleyException">Refused, lost (112), or the answer did not come: <see cref="ErrorCodes"/>.</exception>
    public async Task<HistoryPage> HistoryAsync(
        string channel, HistoryOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(channel);
        options ??= new HistoryOptions();
        var request = new Wire.HistoryRequest
        {
            Channel = channel,
            Limit = options.Limit,
            Since = options.Since is { } since ? new() { Offset = since.Offset, Epoch = since.Epoch } : null,
            Reverse = options.Reverse,
        };
        var reply = await CallAsync(new Wire.Command { History = request }, cancellationToken).ConfigureAwait(false);
        return (reply.History ?? throw NewUnexpectedReply()).ToHistoryPage();
    }

    /// <summary>Who is in a channel, by id of the session.</summary>
    /// <param name="channel">The server must allow it (103) and keep presence for it (108).</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="ParleyException">Refused, or the answer did not come: <see cref="ErrorCodes"/>.</exception>
    public async Task<IReadOnlyDictionary<string, ClientInfo>> PresenceAsync(string channel, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(channel);
        var reply = await CallAsync(new Wire.Command { Presence = new() { Channel = channel } }, cancellationToken).ConfigureAwait(false);
        return (reply.Presence ?? throw NewUnexpectedReply()).Presence?.ToDictionary(
            static entry => entry.Key, static entry => entry.Value.ToClientInfo()) ?? [];
    }

    /// <summary>How many are in a channel.</summary>
    /// <param name="channel">The server must allow it (103) and keep presence for it (108).</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="ParleyException">Refused, or the answer did not come: <see cref="ErrorCodes"/>.</exception>
    public async Task<PresenceStats> PresenceStatsAsync(string channel, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(channel);
        var reply = await CallAsync(new Wire.Command { PresenceStats = new() { Channel = channel } }, cancellationToken).ConfigureAwait(false);
        var stats = reply.PresenceStats ?? throw NewUnexpectedReply();
        return new PresenceStats((int)stats.NumClients, (int)stats.NumUsers);
    }

    /// <summary>Calls a method of the application behind the server.</summary>
    /// <param name="method">Its name.</param>
    /// <param name="data">In <see cref="ProtocolFormat.Json"/> one JSON value as UTF-8. Must not change before the call ends.</param>
    /// <param name="cancellationToken">Ends the wait; whether the method was called is then unknown.</param>
    /// <returns>What the method answered.</returns>
    /// <exception cref="ParleyException">Nothing takes it (104, 108), refused, or the answer did not come: <see cref="ErrorCodes"/>.</exception>
    public async Task<ReadOnlyMemory<byte>> RpcAsync(string method, ReadOnlyMemory<byte> data, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(method);
        OptionsCheck.ThrowIfNoPayload(data, _options.Format, nameof(data));
        var command = new Wire.Command { Rpc = new() { Method = method, Data = data } };
        var reply = await CallAsync(command, cancellationToken).ConfigureAwait(false);
        return (reply.Rpc ?? throw NewUnexpectedReply()).Data;
    }

    /// <summary>Sends a message to the application behind the server, which answers nothing.</summary>
    /// <param name="data">In <see cref="ProtocolFormat.Json"/> one JSON value as UTF-8. Must not change before the call ends.</param>
    /// <param name="cancellationToken">Ends the wait; the message may go out all the same.</param>
    /// <returns>Completes when the message was handed to the network; whether it arrives is unknown.</returns>
    /// <exception cref="ParleyException">There is no connection. A server that takes no messages disconnects for good (3508).</exception>
    public async Task SendAsync(ReadOnlyMemory<byte> data, CancellationToken cancellationToken = default)
    {
        OptionsCheck.ThrowIfNoPayload(data, _options.Format, nameof(data));
        var sent = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await UseLinkAsync(
            link =>
            {
                if (!link.TrySend(new Wire.Command { Send = new() { Data = data } }, sent)) sent.TrySetException(NewDisconnected());
            },
            cancellationToken).ConfigureAwait(false);
        await sent.Task.WaitAsync(cancellationToken).ConfigureAwait(false);
    }

    private async Task<Wire.Reply> CallAsync(Wire.Command command, CancellationToken cancellationToken)
    {
        var result = new TaskCompletionSource<Wire.Reply>(TaskCreationOptions.RunContinuationsAsynchronously);
        await UseLinkAsync(
            link => link.Send(command, (reply, failure) =>
            {
                if (failure is null) result.TrySetResult(reply!);
                else result.TrySetException(failure);
            }),
            cancellationToken).ConfigureAwait(false);
        return await result.Task.WaitAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Uses the connection as soon as there is one.</summary>
    private async Task UseLinkAsync(Action<Connection> use, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var began = _options.TimeProvider.GetTimestamp();
        while (true)
        {
            Task ready;
            lock (Gate)
            {
                ThrowIfDisposed();
                if (_state == ClientState.Disconnected) throw NewDisconnected();
                if (Link is { } link)
                {
                    use(link);
                    return;
                }

                ready = _ready.Task;
            }

            var left = _options.Timeout - _options.TimeProvider.GetElapsedTime(began);
            try
            {
                await ready.WaitAsync(left > TimeSpan.Zero ? left : TimeSpan.Zero, _options.TimeProvider, cancellationToken).ConfigureAwait(false);
            }
            catch (TimeoutException exception)
            {
                throw new ParleyException(ErrorCodes.Timeout, "The client did not connect in time.", isTemporary: true, exception);
            }
        }
    }

    private static ParleyException NewUnexpectedReply() => new(ErrorCodes.Internal, "The server answered something else.");
}
