using System.Text.Json.Nodes;

namespace Parley.EndToEnd.Tests.Clients;

/// <summary>A client-side subscription of the official SDK.</summary>
internal sealed class SdkSubscription(SdkClient client, string clientName, string channel)
{
    private int _tokenQuestions;

    public string Channel => channel;

    public SdkEvents Events { get; } = new($"{clientName} in {channel}");

    /// <summary>Gives it a new token when it wants one.</summary>
    public Func<string?>? Token { get; init; }

    /// <summary>How often it wanted a new token.</summary>
    public int TokenQuestions => Volatile.Read(ref _tokenQuestions);

    /// <summary>Begins to subscribe.</summary>
    public Task StartSubscribingAsync() => client.OrderAsync("subscribe", Me());

    /// <summary>Subscribes, and waits until it is subscribed.</summary>
    public async Task<SdkSubscribed> SubscribeAsync()
    {
        await StartSubscribingAsync();
        return await SubscribedAsync();
    }

    /// <summary>Unsubscribes; the SDK does not wait for the server, but sends later commands behind.</summary>
    public Task UnsubscribeAsync() => client.OrderAsync("unsubscribe", Me());

    public Task<SdkSubscribed> SubscribedAsync() => Events.NextAsync<SdkSubscribed>("subscribed");

    /// <summary>Waits until it is about to subscribe (anew), and says why.</summary>
    public Task<SdkReason> SubscribingAsync() => Events.NextAsync<SdkReason>("subscribing");

    /// <summary>Waits until it has ended, and says why.</summary>
    public Task<SdkReason> UnsubscribedAsync() => Events.NextAsync<SdkReason>("unsubscribed");

    public Task<SdkPublication> PublicationAsync() => Events.NextAsync<SdkPublication>("publication");

    public Task<SdkMember> JoinAsync() => Events.NextAsync<SdkMember>("join");

    public Task<SdkMember> LeaveAsync() => Events.NextAsync<SdkMember>("leave");

    internal string? AnswerTokenQuestion()
    {
        Interlocked.Increment(ref _tokenQuestions);
        return Token!();
    }

    private JsonObject Me() => new() { ["channel"] = channel };
}
