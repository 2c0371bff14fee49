using Microsoft.AspNetCore.Http;
using Parley.AspNetCore.Transports;
using Parley.Sessions;

namespace Parley.AspNetCore.Protocols.Events;

/// <summary>The session of a client that listens to plain events.</summary>
internal sealed class EventHandler(Session session, IConnection connection, ClientContext context) : IProtocolHandler
{
    private ConnectResult? _connected;

    /// <summary>Channels that the client can resume in.</summary>
    public IEnumerable<string> Resumable => _connected!.Subscriptions.Where(static pair => pair.Value.IsRecoverable).Select(static pair => pair.Key);

    public bool IsRefused => session.WasRefused;

    public Frame Farewell(DisconnectReason reason) => EventFormat.Disconnect(reason);

    /// <summary>Connects and subscribes; nothing is sent before <see cref="BeginAsync"/>.</summary>
    /// <returns>Why it was refused, or null.</returns>
    public async ValueTask<Refusal?> ConnectAsync(EventRequest request)
    {
        var asked = request.Channels.ToDictionary(static channel => channel, static _ => (StreamPosition?)null);
        foreach (var (channel, position) in request.Positions) asked[channel] = position;
        var outcome = await session.ConnectAsync(new ConnectRequest
        {
            Token = request.Token,
            AuthenticatedUser = context.AuthenticatedUser,
            AuthenticatedUntil = context.AuthenticatedUntil,
            Subscriptions = asked,
            WantsRecovery = true, // it resumes by Last-Event-ID whether its page asks for it or not
        });
        if (outcome.Value is not { } result) return RefusalOf(outcome);
        if (request.Channels.FirstOrDefault(channel => !result.Subscriptions.ContainsKey(channel)) is { } missing)
            return new Refusal(StatusCodes.Status403Forbidden, $"No permission to subscribe to '{missing}'.");

        _connected = result;
        return null;
    }

    /// <summary>Tells what was subscribed and missed, and then what comes.</summary>
    /// <param name="retry">How long the client is to wait before it connects anew.</param>
    public async ValueTask BeginAsync(TimeSpan retry)
    {
        session.Send(EventFormat.Retry(retry));
        foreach (var (channel, result) in _connected!.Subscriptions)
        {
            session.Send(EventFormat.Instance.Subscribe(channel, result));
            foreach (var publication in result.Publications)
            {
                if (session.HasEnded) return;
                // What was missed waits for the client, rather than make it look slow.
                await connection.DrainAsync();
                session.Send(EventFormat.Instance.Publication(channel, publication));
            }
        }

        _connected = null;
        await session.GoLiveAsync();
    }

    public ValueTask ReceiveAsync(ReadOnlyMemory<byte> message) => ValueTask.CompletedTask;

    public void OnPong()
    {
        // Nothing that comes in can be one.
    }

    public void OnClosed() => session.OnClosed();

    private static Refusal RefusalOf(in Outcome<ConnectResult> outcome) => outcome switch
    {
        { Error: { IsTemporary: true } error } => Refusal.Unavailable(error.Message, TimeSpan.FromSeconds(1)),
        { Error: { } error } => new Refusal(StatusCodes.Status401Unauthorized, error.Message),
        { Disconnect: { } reason } when reason == DisconnectReason.InvalidToken => new Refusal(StatusCodes.Status401Unauthorized, reason.Reason),
        { Disconnect: { } reason } when reason == DisconnectReason.BadRequest => new Refusal(
            StatusCodes.Status400BadRequest, "Without a token only where clients may connect without one; and channels must be in a known namespace."),
        { Disconnect: { Code: < 3500 } reason } => Refusal.Unavailable(reason.Reason, TimeSpan.FromSeconds(1)),
        _ => new Refusal(StatusCodes.Status403Forbidden, outcome.Disconnect!.Reason),
    };
}
