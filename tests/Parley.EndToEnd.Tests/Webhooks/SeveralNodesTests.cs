using System.Collections.Concurrent;
using System.Net.Sockets;
using System.Text;
using Parley.Testing;
using Parley.Testing.Postgres;

namespace Parley.EndToEnd.Tests.Webhooks;

/// <summary>Two nodes share the work on one PostgreSQL, and one of them is killed.</summary>
public sealed class SeveralNodesTests
{
    [Fact]
    public async Task What_two_nodes_accepted_arrives_though_one_of_them_is_killed()
    {
        await using var postgres = new PostgresServer();
        await postgres.InitializeAsync();
        var database = postgres.ConnectionStringOf(await postgres.CreateDatabaseAsync());
        await using var one = new WebhookNode(database);
        await using var other = new WebhookNode(database);
        await Task.WhenAll(one.InitializeAsync().AsTask(), other.InitializeAsync().AsTask());
        using var receiver = new WebhookReceiver();
        using var apiOfOne = new WebhookApi(one.Address, one.ApiKey);
        using var apiOfOther = new WebhookApi(other.Address, other.ApiKey);
        var application = (await apiOfOne.CallAsync("POST", "applications", new { uid = "acme" })).GetProperty("id").GetString()!;
        await apiOfOne.CallAsync("POST", $"applications/{application}/endpoints", new { url = receiver.Url, retrySchedule = new[] { 1, 1, 1, 1, 1 } });

        var accepted = new ConcurrentDictionary<string, bool>();
        var tried = new ConcurrentDictionary<string, bool>();
        using var enough = new CancellationTokenSource();
        var senders = Enumerable.Range(0, 8).Select(index => SendAsync(index % 2 == 0 ? apiOfOne : apiOfOther)).ToArray();
        await Eventually.BecomesAsync(() => Task.FromResult(accepted.Count), static count => count >= 300);
        await one.KillAsync();
        await Eventually.BecomesAsync(() => Task.FromResult(accepted.Count), static count => count >= 600);
        await enough.CancelAsync();
        await Task.WhenAll(senders);

        // Also what the one had taken for itself and not sent: the other learns of its end from the database.
        await Eventually.BecomesAsync(
            () => Task.FromResult(accepted.Keys.Except(receiver.Requests.Select(static request => request.Id)).Count()), static missing => missing == 0);
        var received = receiver.Requests.Select(static request => (request.Id, Body: Encoding.UTF8.GetString(request.Body))).Distinct().ToList();
        Assert.All(received, request => Assert.Contains(request.Body, tried.Keys));
        Assert.Equal(received.Count, received.DistinctBy(static request => request.Body).Count()); // the same id each time
        Assert.Equal(received.Count, received.DistinctBy(static request => request.Id).Count());

        async Task SendAsync(WebhookApi api)
        {
            try
            {
                while (!enough.IsCancellationRequested)
                {
                    var number = Guid.NewGuid();
                    tried[$$"""{"number":"{{number}}"}"""] = true;
                    var answer = await api.CallAsync("POST", $"applications/{application}/messages", new { eventType = "a", payload = new { number } });
                    accepted[answer.GetProperty("id").GetString()!] = true;
                }
            }
            catch (Exception exception) when (exception is HttpRequestException or SocketException)
            {
                // It was killed.
            }
        }
    }
}
