using Microsoft.Extensions.Logging;
using Parley.AspNetCore.Transports;
using Parley.Protocol.Centrifuge;
using Parley.Sessions;
using Wire = Parley.Protocol.Centrifuge;

namespace Parley.AspNetCore.Protocols.Centrifuge;

/// <summary>Speaks the Centrifuge protocol on one connection: commands to calls of its session, outcomes to replies.</summary>
internal sealed partial class CentrifugeHandler(
    Session session, IConnection connection, CentrifugeFormat format, ClientContext context, CentrifugeSettings settings) : IProtocolHandler
{
    private bool _takesOnlySafe = context.IsFirstSafe;

    // Let go when the client has connected: most connections are idle.
    private ClientContext? _untilConnected = context;
    private readonly SemaphoreSlim? _slots = settings.NewSlots();

    public async ValueTask ReceiveAsync(ReadOnlyMemory<byte> message)
    {
        var takesOnlySafe = _takesOnlySafe;
        _takesOnlySafe = false;
        for (var count = 0; !session.HasEnded; count++)
        {
            if (_slots is null && !takesOnlySafe && count < settings.MaxCommandsPerMessage && format.Codec.TryReadPublish(ref message, out var publish))
            {
                if (count > 0)
                    await connection.DrainAsync();
                await HandleAsync(publish);
                continue;
            }

            var status = format.Codec.ReadCommand(ref message, out var command);
            if (status == CommandStatus.End && count > 0)
                return;
            if (status != CommandStatus.Command || count == settings.MaxCommandsPerMessage || (takesOnlySafe && !IsSafe(command!)))
            {
                session.Disconnect(DisconnectReason.BadRequest);
                return;
            }

            // Answers to many commands at once, as the recovery of many channels, wait for the client rather than make it look slow.
            if (count > 0)
                await connection.DrainAsync();
            await TakeAsync(command!);
        }
    }

    public CommandNumbers NumbersOf(ReadOnlyMemory<byte> message)
    {
        var numbers = default(CommandNumbers);
        for (var count = 0; count < settings.MaxCommandsPerMessage && format.Codec.ReadCommand(ref message, out var command) == CommandStatus.Command; count++)
        {
            if (command!.Id > 0)
                numbers = new CommandNumbers(numbers.Any ? Math.Min(numbers.First, command.Id) : command.Id, Math.Max(numbers.Last, command.Id));
        }

        return numbers;
    }

    public bool IsRefused => session.WasRefused;

    public Frame Farewell(DisconnectReason reason) => format.Disconnect(reason);

    public void OnPong() => session.OnPong();

    public void OnClosed() => session.OnClosed();

    private ValueTask TakeAsync(Command command)
    {
        // Connect comes before everything, and unsubscribe is done before the next command is looked at.
        var isAlone = command.Connect is not null || command.Unsubscribe is not null;
        return _slots is null || isAlone ? HandleAsync(command) : TakeSlotAsync(_slots, command);
    }

    // The message's bytes may be reused as soon as this returns: what a command needs of them is copied before it first waits.
    private async ValueTask TakeSlotAsync(SemaphoreSlim slots, Command command)
    {
        await slots.WaitAsync();
        _ = RunAsync(slots, command);
    }

    private async Task RunAsync(SemaphoreSlim slots, Command command)
    {
        try
        {
            await HandleAsync(command);
        }
        finally
        {
            slots.Release();
        }
    }

    private async ValueTask HandleAsync(Command command)
    {
        try
        {
            await DispatchAsync(command);
        }
        catch (Exception exception)
        {
            OnFailed(command.Id, exception);
        }
    }

    private void OnFailed(uint id, Exception exception)
    {
        LogCommandFailed(settings.Logger, session.Id, exception);
        if (session.IsConnected)
            Send(id, ClientError.Internal);
        else
            session.Disconnect(DisconnectReason.ServerError);
    }

    private ValueTask DispatchAsync(Command command)
    {
        if (session.WasRefused)
            return ValueTask.CompletedTask;
        if (command.Connect is { } connect && command.Id > 0)
            return ConnectAsync(command.Id, connect);
        if (!session.IsConnected)
            return BreakOff(DisconnectReason.BadRequest);

        return command switch
        {
            { Id: 0, Send: not null } => BreakOff(DisconnectReason.NotAvailable),
            { Id: 0 } => Pong(command),
            { Subscribe: { } request } => SubscribeAsync(command.Id, request),
            { Unsubscribe: { } request } => UnsubscribeAsync(command.Id, request),
            { Publish: { } request } => PublishAsync(command.Id, request),
            { Presence: { } request } => PresenceAsync(command.Id, request),
            { PresenceStats: { } request } => PresenceStatsAsync(command.Id, request),
            { History: { } request } => HistoryAsync(command.Id, request),
            { Rpc: not null } => Reply(command.Id, ClientError.NotAvailable),
            { Send: not null } => BreakOff(DisconnectReason.NotAvailable),
            { Refresh: { } request } => RefreshAsync(command.Id, request),
            { SubRefresh: { } request } => SubRefreshAsync(command.Id, request),
            _ => BreakOff(DisconnectReason.BadRequest),
        };
    }

    private static bool IsSafe(Command command) => command.Connect is not null || command.Subscribe is not null;

    private ValueTask Pong(Command command)
    {
        if (!IsEmpty(command))
            return BreakOff(DisconnectReason.BadRequest);
        session.OnPong();
        return ValueTask.CompletedTask;
    }

    private static bool IsEmpty(Command command) => command is
    {
        Connect: null, Subscribe: null, Unsubscribe: null, Publish: null, Presence: null, PresenceStats: null, History: null, Rpc: null,
        Refresh: null, SubRefresh: null, Ping: null,
    };

    private ValueTask BreakOff(DisconnectReason reason)
    {
        session.Disconnect(reason);
        return ValueTask.CompletedTask;
    }

    private ValueTask Reply(uint id, ClientError error)
    {
        Send(id, error);
        return ValueTask.CompletedTask;
    }

    private void Send(uint id, ClientError error) => Send(new Wire.Reply
    {
        Id = id,
        Error = new Wire.Error { Code = error.Code, Message = error.Message, Temporary = error.IsTemporary },
    });

    private void Send(Wire.Reply reply) => session.Send(format.Reply(reply));

    /// <summary>Answers a failure.</summary>
    /// <returns>False when there is none and the caller has a result to reply.</returns>
    private bool ReplyFailure<T>(uint id, in Outcome<T> outcome)
    {
        if (outcome.Disconnect is { } reason)
            session.Disconnect(reason);
        else if (outcome.Error is { } error)
            Send(id, error);
        return !outcome.Succeeded;
    }

    [LoggerMessage(EventId = 200, Level = LogLevel.Error, Message = "A command of session {Client} failed")]
    private static partial void LogCommandFailed(ILogger logger, string client, Exception exception);
}
