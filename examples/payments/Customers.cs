using System.Net.Http.Json;
using System.Net.Sockets;

namespace Payments;

/// <summary>People who pay, and try again until the shop has said that it has the payment.</summary>
internal sealed class Customers(HttpClient client, Uri shop, int rate)
{
    private static readonly string[] Names = ["Ann", "Ben", "Cleo", "Dan", "Eve"];
    private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(200);

    /// <param name="count">How many payments at most.</param>
    /// <param name="enough">Ends it after the payment that is under way.</param>
    /// <param name="stopping">Ends it at once.</param>
    /// <returns>How many the shop has taken.</returns>
    public async Task<int> PayAsync(int count, CancellationToken enough, CancellationToken stopping)
    {
        using var pace = new PeriodicTimer(TimeSpan.FromSeconds(1) / rate);
        var made = 0;
        while (made < count && !enough.IsCancellationRequested)
        {
            await pace.WaitForNextTickAsync(stopping);
            await PayAsync(made, stopping);
            made++;
        }

        return made;
    }

    private async Task PayAsync(int number, CancellationToken stopping)
    {
        var url = new Uri(shop, $"/payments/{Guid.CreateVersion7()}");
        var payment = new { Customer = Names[number % Names.Length], Cents = 100 + number };
        while (true)
        {
            try
            {
                using var response = await client.PutAsJsonAsync(url, payment, stopping);
                if (response.IsSuccessStatusCode)
                    return;
            }
            catch (Exception exception) when (exception is HttpRequestException or SocketException || (exception is OperationCanceledException && !stopping.IsCancellationRequested))
            {
                // The shop was killed, and may have the payment or not: the same one once more.
            }

            await Task.Delay(Patience, stopping);
        }
    }
}
