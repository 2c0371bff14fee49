using System.Net;
using System.Text;

namespace Parley.AspNetCore.Tests.Transports.LongPolling;

/// <summary>An answer to a request of long polling.</summary>
internal sealed record LongPollAnswer(HttpStatusCode Status, IReadOnlyDictionary<string, string> Headers, byte[] Body)
{
    public int Batch => int.Parse(Headers["Parley-Batch"], System.Globalization.CultureInfo.InvariantCulture);

    public bool IsLast => Headers.ContainsKey("Parley-Last");

    public string Text => Encoding.UTF8.GetString(Body);

    /// <summary>The frames of a JSON batch.</summary>
    public string[] Lines => Text.Split('\n', StringSplitOptions.RemoveEmptyEntries);

    public static async Task<LongPollAnswer> ReadAsync(HttpResponseMessage response)
    {
        var headers = response.Headers.Concat(response.Content.Headers)
            .ToDictionary(static header => header.Key, static header => string.Join(", ", header.Value), StringComparer.OrdinalIgnoreCase);
        return new LongPollAnswer(response.StatusCode, headers, await response.Content.ReadAsByteArrayAsync());
    }
}
