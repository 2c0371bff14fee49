using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Bookkeeping;

/// <summary>Verifies the header <c>Stripe-Signature</c>, step by step as Stripe documents it (docs.stripe.com/webhooks, "Verify webhook signatures manually").</summary>
internal static class StripeSignature
{
    private const int ToleranceSeconds = 300;

    public static bool IsValid(string header, byte[] body, string secret, DateTimeOffset now)
    {
        // 1. The timestamp and the signatures: t=1492774577,v1=5257a8…,v1=6ffbb5…
        var parts = header.Split(',').Select(static part => part.Split('=', 2)).Where(static pair => pair.Length == 2).ToLookup(static pair => pair[0], static pair => pair[1]);
        var timestamp = parts["t"].FirstOrDefault() ?? "";

        // 2. and 3. What was signed, and the signature that it must have. The secret is text, whatever it looks like.
        byte[] signed = [.. Encoding.UTF8.GetBytes(timestamp + "."), .. body];
        var expected = Convert.ToHexStringLower(HMACSHA256.HashData(Encoding.UTF8.GetBytes(secret), signed));

        // 4. One of them must be it, and recent. While the secret is changed there are two.
        return parts["v1"].Any(signature => CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(expected), Encoding.UTF8.GetBytes(signature)))
            && long.TryParse(timestamp, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds)
            && Math.Abs(now.ToUnixTimeSeconds() - seconds) <= ToleranceSeconds;
    }
}
