using System.Collections.Concurrent;
using System.Text.Json;
using Parley.Testing.Webhooks;

namespace Parley.EndToEnd.Tests.Webhooks;

/// <summary>Reads what the server says of an application's messages.</summary>
internal sealed class LedgerQueries(WebhookApi api, string application)
{
    private const int Page = 250;
    private const int Parallel = 8;

    /// <summary>Of those that went as they should, the attempts of one in so many are looked at.</summary>
    private const int Sample = 10;

    private static readonly string[] Unfinished = ["pending", "sending", "waiting"];

    /// <summary>Whether nothing is left to be done for the endpoints.</summary>
    public async Task<bool> IsFinishedAsync(IEnumerable<string> endpoints)
    {
        foreach (var endpoint in endpoints)
        {
            foreach (var state in Unfinished)
            {
                var page = await api.CallAsync("GET", $"applications/{application}/endpoints/{endpoint}/deliveries?state={state}&limit=1");
                if (page.GetProperty("data").GetArrayLength() > 0)
                    return false;
            }
        }

        return true;
    }

    public async Task<List<LedgerStoredMessage>> MessagesAsync() => await ListAsync(
        "messages", static message => new LedgerStoredMessage(message.GetProperty("id").GetString()!, message.GetProperty("uid").GetString()!));

    /// <summary>All deliveries to endpoints, with the attempts of all that did not succeed at once and of some that did.</summary>
    public async Task<IReadOnlyList<LedgerDelivery>> DeliveriesAsync(IEnumerable<string> endpoints)
    {
        var listed = new List<(string Id, LedgerDelivery Delivery)>();
        foreach (var endpoint in endpoints)
        {
            listed.AddRange(await ListAsync($"endpoints/{endpoint}/deliveries", static delivery => (delivery.GetProperty("id").GetString()!, new LedgerDelivery(
                delivery.GetProperty("message").GetString()!, delivery.GetProperty("endpoint").GetString()!, delivery.GetProperty("state").GetString()!,
                delivery.GetProperty("attempts").GetInt32())
            {
                LastError = Text(delivery, "lastError"),
            })));
        }

        var all = new ConcurrentBag<LedgerDelivery>();
        await System.Threading.Tasks.Parallel.ForEachAsync(
            listed.Index(), new ParallelOptions { MaxDegreeOfParallelism = Parallel }, async (entry, _) =>
            {
                var (index, (id, delivery)) = entry;
                var isLookedAt = delivery is not { Count: 1, State: "succeeded" } || index % Sample == 0;
                all.Add(isLookedAt ? delivery with { Attempts = await AttemptsAsync(id) } : delivery);
            });
        return [.. all];
    }

    private async Task<IReadOnlyList<LedgerAttempt>> AttemptsAsync(string delivery)
    {
        var attempts = await ListAsync($"deliveries/{delivery}/attempts", static attempt => new LedgerAttempt(
            attempt.GetProperty("number").GetInt32(), attempt.GetProperty("startedAt").GetDateTimeOffset())
        {
            Duration = TimeSpan.FromMilliseconds(attempt.GetProperty("duration").GetDouble()),
            Status = attempt.TryGetProperty("status", out var status) && status.ValueKind is JsonValueKind.Number ? status.GetInt32() : null,
            Error = Text(attempt, "error"),
        });
        attempts.Reverse();
        return attempts;
    }

    private async Task<List<T>> ListAsync<T>(string path, Func<JsonElement, T> read)
    {
        var all = new List<T>();
        var cursor = "";
        while (true)
        {
            var page = await api.CallAsync("GET", $"applications/{application}/{path}?limit={Page}{cursor}");
            all.AddRange(page.GetProperty("data").EnumerateArray().Select(read));
            if (Text(page, "next") is not { } next)
                return all;
            cursor = "&cursor=" + next;
        }
    }

    private static string? Text(JsonElement element, string name) => element.TryGetProperty(name, out var value) ? value.GetString() : null;
}
