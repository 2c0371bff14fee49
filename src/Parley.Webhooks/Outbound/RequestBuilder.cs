using System.Text;
using Parley.Webhooks.Deliveries;
using Parley.Webhooks.Endpoints;
using Parley.Webhooks.Ids;
using Parley.Webhooks.Outbound.Sending;
using Parley.Webhooks.Secrets;
using Parley.Webhooks.Signing;

namespace Parley.Webhooks.Outbound;

/// <summary>Makes the request of an attempt from the endpoint as it is now: signed, authenticated, with its headers.</summary>
internal sealed class RequestBuilder(SecretCache opened, TimeProvider time)
{
    /// <param name="endpoint">Where to.</param>
    /// <param name="message">What.</param>
    /// <param name="draft">What becomes of both before it is signed.</param>
    public OutgoingRequest Build(Endpoint endpoint, Message message, RequestDraft draft)
    {
        var now = time.GetUtcNow();
        var url = draft.Url;
        var id = WebhookId.Format(WebhookId.Message, message.Id);
        SigningSecret[] secrets = [.. endpoint.Secrets.Where(secret => secret.ExpiresAt is null || secret.ExpiresAt > now).Select(secret => opened.Open(secret.Protected))];
        var headers = draft.Headers.ToList();
        var secretHeaders = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        foreach (var (name, value) in endpoint.ProtectedHeaders)
        {
            headers.Add(new(name, opened.Open(value).Text));
            secretHeaders.Add(name);
        }

        string? shownUrl = null;
        if (endpoint.Authentication is { } authentication)
        {
            var secret = opened.Open(authentication.ProtectedSecret!).Text;
            if (authentication is { Kind: AuthenticationKind.ApiKey, InQuery: true })
            {
                shownUrl = WithQuery(url, authentication.Name!, "").AbsoluteUri + "***";
                url = WithQuery(url, authentication.Name!, secret);
            }
            else
            {
                var header = HeaderOf(authentication, secret);
                headers.Add(header);
                secretHeaders.Add(header.Key);
            }
        }

        headers.AddRange(draft.Marks);
        headers.AddRange(RequestSigner.Sign(endpoint.Signature, endpoint.Scheme, secrets, new SigningInput
        {
            Id = id,
            Timestamp = now.ToUnixTimeSeconds(),
            EventType = message.EventType,
            Url = url.AbsoluteUri,
            Method = draft.Method,
            Body = draft.Body.Span,
        }));
        return new OutgoingRequest
        {
            Url = url,
            ShownUrl = shownUrl,
            Method = draft.Method,
            Headers = headers,
            SecretHeaders = secretHeaders,
            Body = draft.Body,
            ContentType = draft.ContentType,
            Timeout = endpoint.Timeout,
        };
    }

    private static KeyValuePair<string, string> HeaderOf(EndpointAuthentication authentication, string secret) => authentication.Kind switch
    {
        AuthenticationKind.Basic => new("Authorization", "Basic " + Convert.ToBase64String(Encoding.UTF8.GetBytes($"{authentication.User}:{secret}"))),
        AuthenticationKind.Bearer => new("Authorization", "Bearer " + secret),
        _ => new(authentication.Name!, secret),
    };

    private static Uri WithQuery(Uri url, string name, string value)
    {
        var builder = new UriBuilder(url);
        var pair = $"{Uri.EscapeDataString(name)}={Uri.EscapeDataString(value)}";
        builder.Query = builder.Query.Length > 1 ? $"{builder.Query[1..]}&{pair}" : pair;
        return builder.Uri;
    }
}
