using Parley.Sessions;

namespace Parley.Tests.Engine;

/// <summary>A session and the connection it writes to, used as a protocol would.</summary>
internal sealed class TestClient
{
    public TestClient(EngineHost host)
    {
        Connection = new RecordingConnection();
        Session = new Session(host.Node, Connection, TextFormat.Instance, TextFormat.Frame("ping"), "127.0.0.1");
    }

    public RecordingConnection Connection { get; }

    public Session Session { get; }

    public async Task<Outcome<ConnectResult>> ConnectAsync(string user = "", params (string Channel, StreamPosition? Position)[] subscriptions)
    {
        var outcome = await Session.ConnectAsync(new ConnectRequest
        {
            AuthenticatedUser = user.Length > 0 ? user : null,
            Subscriptions = subscriptions.ToDictionary(static pair => pair.Channel, static pair => pair.Position),
        });
        return await ReplyAsync(outcome);
    }

    public async Task<Outcome<ConnectResult>> ConnectWithTokenAsync(string token)
    {
        var outcome = await Session.ConnectAsync(new ConnectRequest { Token = token });
        return await ReplyAsync(outcome);
    }

    public Task<Outcome<Subscribed>> SubscribeAsync(string channel) => SubscribeAsync(new SubscribeRequest { Channel = channel });

    public async Task<Outcome<Subscribed>> SubscribeAsync(SubscribeRequest request)
    {
        var outcome = await Session.SubscribeAsync(request);
        if (outcome.Value is not { } subscription)
            return outcome.Failure<Subscribed>();

        var subscribed = new Subscribed(subscription.Result);
        Session.Send(TextFormat.Frame($"subscribed {request.Channel}"));
        await Session.GoLiveAsync(subscription);
        return subscribed;
    }

    public Task<Outcome<Subscribed>> RecoverAsync(string channel, ulong offset, string epoch) => SubscribeAsync(new SubscribeRequest
    {
        Channel = channel,
        RecoverSince = new StreamPosition(offset, epoch),
        WantsRecovery = true,
    });

    /// <summary>What the client was told.</summary>
    internal sealed record Subscribed(SubscribeResult Result);

    private async Task<Outcome<ConnectResult>> ReplyAsync(Outcome<ConnectResult> outcome)
    {
        if (outcome.Disconnect is { } reason)
            Session.Disconnect(reason);
        if (outcome.Value is not null)
            await Session.GoLiveAsync();
        return outcome;
    }
}
