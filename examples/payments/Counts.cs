using System.Net.Http.Json;
using System.Net.Sockets;

namespace Payments;

/// <summary>Asks the shop and the partners how many payments they have.</summary>
internal sealed class Counts(HttpClient client, Uri shop, Uri bookkeeping, Uri warehouse)
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    /// <summary>Says every second how far it is, until both partners have all.</summary>
    /// <param name="paying">Ends with the number of payments.</param>
    /// <param name="stopping">Ends the wait.</param>
    /// <returns>The number of payments.</returns>
    public async Task<int> WatchAsync(Task<int> paying, CancellationToken stopping)
    {
        var (last, since) = ((Count?[])[], DateTime.UtcNow);
        while (DateTime.UtcNow - since < Patience)
        {
            await Task.Delay(paying.IsCompleted ? Interval / 5 : Interval, stopping);
            Count?[] now = [await AskAsync(shop, stopping), await AskAsync(bookkeeping, stopping), await AskAsync(warehouse, stopping)];
            if (!now.SequenceEqual(last))
                (last, since) = (now, DateTime.UtcNow);
            Console.WriteLine($"payments {Text(now[0])}: bookkeeping has {Text(now[1])}, warehouse has {Text(now[2])}");
            if (paying.IsCompleted && now[1]?.Payments >= await paying && now[2]?.Payments >= await paying)
                break;
        }

        return await paying;
    }

    /// <summary>Says who has what in the end.</summary>
    /// <param name="made">How many payments the customers have made.</param>
    /// <param name="stopping">Ends the wait.</param>
    /// <returns>Whether all of them are everywhere.</returns>
    public async Task<bool> ReportAsync(int made, CancellationToken stopping)
    {
        Console.WriteLine($"\ncustomers    {made} payments");
        var isComplete = true;
        foreach (var (name, address) in new[] { ("shop", shop), ("bookkeeping", bookkeeping), ("warehouse", warehouse) })
        {
            var count = await AskAsync(address, stopping);
            isComplete &= count?.Payments == made;
            Console.WriteLine($"{name,-12} {Text(count)} payments{(count is { Repeated: > 0 } ? $", {count.Repeated} of which came more than once" : "")}");
        }

        Console.WriteLine(isComplete ? "Nothing is missing, and nothing is there twice." : "SOMETHING IS WRONG.");
        return isComplete;
    }

    private static string Text(Count? count) => count is null ? "?" : $"{count.Payments}";

    /// <returns>Null when it is just being started again.</returns>
    private async Task<Count?> AskAsync(Uri address, CancellationToken stopping)
    {
        try
        {
            return await client.GetFromJsonAsync<Count>(new Uri(address, "/payments"), stopping);
        }
        catch (Exception exception) when (exception is HttpRequestException or SocketException or IOException || (exception is OperationCanceledException && !stopping.IsCancellationRequested))
        {
            return null;
        }
    }

    private sealed record Count(long Payments, long Repeated);
}
