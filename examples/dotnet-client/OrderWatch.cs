using Parley.Client;

namespace DotnetClient;

/// <summary>A service that follows a channel without missing anything.</summary>
internal sealed class OrderWatch(HttpClient backend, Func<Publication, CancellationToken, Task> handle)
{
    public ParleyClient NewClient() => new(new Uri("https://example.org"), new ParleyClientOptions
    {
        Name = "order-watch",
        Format = ProtocolFormat.Protobuf,
        GetToken = async cancellationToken => await backend.GetStringAsync("tokens/connection", cancellationToken),
    });

    public async Task FollowAsync(ParleyClient client, StreamPosition? stored, CancellationToken cancellationToken)
    {
        var subscription = client.NewSubscription("orders:all", new SubscriptionOptions { Since = stored });
        while (!cancellationToken.IsCancellationRequested)
        {
            try
            {
                await foreach (var publication in subscription.ReadAllAsync(capacity: 100, cancellationToken))
                    await handle(publication, cancellationToken);
                return; // unsubscribed
            }
            catch (ParleyException gap) when (gap.Code == ErrorCodes.UnrecoverablePosition)
            {
                subscription.Unsubscribe(); // the next loop goes on from here, with all that is published meanwhile
                await ReloadAsync(cancellationToken);
            }
        }
    }

    private async Task ReloadAsync(CancellationToken cancellationToken) =>
        await backend.PostAsync("orders/reload", content: null, cancellationToken);
}
