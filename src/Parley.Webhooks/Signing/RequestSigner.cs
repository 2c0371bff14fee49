using System.Globalization;
using Parley.Webhooks.Secrets;

namespace Parley.Webhooks.Signing;

/// <summary>Makes the signature headers of a request.</summary>
internal static class RequestSigner
{
    /// <param name="style">Under which names.</param>
    /// <param name="scheme">For <see cref="SignatureStyle.Scheme"/>.</param>
    /// <param name="secrets">Those that sign now, newest first.</param>
    /// <param name="input">The request.</param>
    public static List<KeyValuePair<string, string>> Sign(
        SignatureStyle style, SignatureScheme? scheme, IReadOnlyList<SigningSecret> secrets, SigningInput input)
    {
        var timestamp = input.Timestamp.ToString(CultureInfo.InvariantCulture);
        var headers = new List<KeyValuePair<string, string>>(6) { new("webhook-id", input.Id), new("webhook-timestamp", timestamp) };
        if (style is SignatureStyle.Scheme)
        {
            headers.AddRange(SchemeSigner.Sign(scheme!, [.. secrets.Select(static secret => secret.Text)], input));
            return headers;
        }

        var signatures = new List<string>(secrets.Count);
        foreach (var secret in secrets)
            signatures.Add(secret.Key.Sign(input.Id, input.Timestamp, input.Body));
        var signature = string.Join(' ', signatures);
        headers.Add(new("webhook-signature", signature));
        if (style is SignatureStyle.StandardAndSvix)
            headers.AddRange([new("svix-id", input.Id), new("svix-timestamp", timestamp), new("svix-signature", signature)]);
        return headers;
    }
}
