using System.Collections.Concurrent;
using Parley.Testing;

namespace Parley.EndToEnd.Tests.Webhooks;

/// <summary>The server is killed while messages flow.</summary>
public sealed class CrashTests
{
    [Fact]
    public async Task What_was_accepted_arrives_however_often_the_process_is_killed_and_nothing_else_does()
    {
        const int Rounds = 3;
        const int Senders = 8;
        await using var server = new WebhookServer();
        await server.InitializeAsync();
        using var receiver = new WebhookReceiver();
        string application;
        using (var api = new WebhookApi(server.Address, server.ApiKey))
        {
            application = (await api.CallAsync("POST", "applications", new { uid = "acme" })).GetProperty("id").GetString()!;
            await api.CallAsync("POST", $"applications/{application}/endpoints", new { url = receiver.Url, retrySchedule = new[] { 1, 1, 1, 1, 1 } });
        }

        var accepted = new ConcurrentDictionary<string, bool>();
        var tried = new ConcurrentDictionary<string, bool>();
        for (var round = 0; round < Rounds; round++)
        {
            var goal = accepted.Count + 300;
            using var api = new WebhookApi(server.Address, server.ApiKey);
            var sending = Enumerable.Range(0, Senders).Select(_ => SendAsync(api)).ToArray();
            await Eventually.BecomesAsync(() => Task.FromResult(accepted.Count), count => count >= goal);
            await server.KillAsync();
            await Task.WhenAll(sending);
            await server.StartAsync();
        }

        await Eventually.BecomesAsync(
            () => Task.FromResult(accepted.Keys.Except(receiver.Requests.Select(static request => request.Id)).Count()), static missing => missing == 0);
        // Nothing came that nobody had sent: what was cut off before its answer may have been accepted, and no more than that.
        var bodies = receiver.Requests.Select(static request => System.Text.Encoding.UTF8.GetString(request.Body)).Distinct();
        Assert.All(bodies, body => Assert.Contains(body, tried.Keys));
        Assert.Equal(receiver.Requests.Select(static request => request.Id).Distinct().Count(), bodies.Count());

        async Task SendAsync(WebhookApi api)
        {
            try
            {
                while (true)
                {
                    var number = Guid.NewGuid();
                    tried[$$"""{"number":"{{number}}"}"""] = true;
                    var answer = await api.CallAsync("POST", $"applications/{application}/messages", new { eventType = "a", payload = new { number } });
                    accepted[answer.GetProperty("id").GetString()!] = true;
                }
            }
            catch (HttpRequestException)
            {
                // It was killed.
            }
        }
    }
}
