using System.Globalization;
using Parley.Client;
using Parley.Testing;

namespace Parley.EndToEnd.Tests.Clients.DotNet;

/// <summary>Connects, subscribes and disconnects many times as fast as Parley.Client can, at every stage of the way in turn.</summary>
internal static class DotNetRapidCycles
{
    /// <returns>How often each stage was reached, as <c>rapid-cycles.mjs</c> prints it.</returns>
    public static async Task<string> RunAsync(SdkWay way, Uri address, string channel, int cycles)
    {
        using var certificate = new TestCertificate();
        using var http = DotNetClients.NewHttpClient(certificate);
        Func<ParleyClient, Subscription, Task>[] stages = [ConnectingAsync, ConnectedAsync, SubscribedAsync, ResubscribedAsync];
        var reached = new int[stages.Length];
        for (var cycle = 0; cycle < cycles; cycle++)
        {
            var options = DotNetClients.NewOptions(way, new SdkClientOptions(), http, certificate, static () => null);
            await using var client = new ParleyClient(address, options);
            var stage = cycle % stages.Length;
            await stages[stage](client, client.NewSubscription(channel)).WaitAsync(Patience.Limit);
            reached[stage]++;
            client.Disconnect();
        }

        return string.Create(
            CultureInfo.InvariantCulture,
            $$"""{"connecting":{{reached[0]}},"connected":{{reached[1]}},"subscribed":{{reached[2]}},"resubscribed":{{reached[3]}}}""");
    }

    private static async Task ConnectingAsync(ParleyClient client, Subscription subscription)
    {
        var connecting = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        client.Connecting += (_, _) => connecting.TrySetResult();
        client.Connect();
        await connecting.Task;
    }

    private static Task ConnectedAsync(ParleyClient client, Subscription subscription)
    {
        subscription.Subscribe();
        client.Connect();
        return client.ReadyAsync();
    }

    private static Task SubscribedAsync(ParleyClient client, Subscription subscription)
    {
        subscription.Subscribe();
        client.Connect();
        return subscription.ReadyAsync();
    }

    private static async Task ResubscribedAsync(ParleyClient client, Subscription subscription)
    {
        await SubscribedAsync(client, subscription);
        subscription.Unsubscribe();
        subscription.Subscribe();
        await subscription.ReadyAsync();
    }
}
