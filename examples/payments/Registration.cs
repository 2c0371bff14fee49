using System.Net.Http.Json;
using System.Text.Json;
using Payments.Processes;

namespace Payments;

/// <summary>Makes the partners' endpoints, by Parley's API, as a portal of the shop's would.</summary>
internal sealed class Registration(HttpClient client, Uri parley, string key)
{
    private const string Application = "api/webhooks/applications/partners";

    public async Task AddApplicationAsync(CancellationToken cancellationToken) =>
        await CallAsync(HttpMethod.Put, Application, new { name = "The shop's partners" }, cancellationToken);

    /// <param name="uid">Our name for it.</param>
    /// <param name="url">Where to.</param>
    /// <param name="signature">What kind of signature the receiver verifies.</param>
    /// <param name="secret">One that the receiver has already; null: a new one.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>The secret that the receiver verifies with.</returns>
    public async Task<string> AddEndpointAsync(string uid, Uri url, object signature, string? secret, CancellationToken cancellationToken)
    {
        await CallAsync(HttpMethod.Post, $"{Application}/endpoints", new
        {
            uid,
            url,
            signature,
            secret,
            eventTypes = new[] { "payment.completed" },
            // One after the other, as they were paid; and a receiver that is down is tried every second until it is back.
            ordered = true,
            whenExhausted = "block",
            retrySchedule = new[] { 1 },
        }, cancellationToken);
        var secrets = await CallAsync(HttpMethod.Get, $"{Application}/endpoints/{uid}/secret", body: null, cancellationToken);
        return secrets.GetProperty("secrets")[0].GetProperty("secret").GetString()!;
    }

    private async Task<JsonElement> CallAsync(HttpMethod method, string path, object? body, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(method, new Uri(parley, path));
        request.Headers.Add("X-API-Key", key);
        if (body is not null)
            request.Content = JsonContent.Create(body);
        using var response = await client.SendAsync(request, cancellationToken);
        if (!response.IsSuccessStatusCode)
            throw new ServiceFailedException($"Parley refused {method} {path}: {(int)response.StatusCode} {await response.Content.ReadAsStringAsync(cancellationToken)}");
        return await response.Content.ReadFromJsonAsync<JsonElement>(cancellationToken);
    }
}
