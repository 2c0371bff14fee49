using System.Text;
using Parley.Webhooks.Deliveries;
using Parley.Webhooks.Endpoints;
using Parley.Webhooks.Ids;
using Parley.Webhooks.Outbound.Sending;
using Parley.Webhooks.Outbound.Tokens;
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
        var hidden = new List<string>();
        foreach (var (name, value) in endpoint.ProtectedHeaders)
        {
            headers.Add(new(name, opened.Open(value).Text));
            secretHeaders.Add(name);
            hidden.Add(headers[^1].Value);
        }

        string? shownUrl = null;
        TokenSettings? token = null;
        if (endpoint.Authentication is { } authentication)
        {
            var secret = opened.Open(authentication.ProtectedSecret!).Text;
            hidden.Add(secret);
            if (authentication.Client is { } client)
            {
                token = TokenOf(endpoint, client, secret);
            }
            else if (authentication is { Kind: AuthenticationKind.ApiKey, InQuery: true })
            {
                hidden.Add(Uri.EscapeDataString(secret));
                shownUrl = WithQuery(url, authentication.Name!, "").AbsoluteUri + "***";
                url = WithQuery(url, authentication.Name!, secret);
            }
            else
            {
                var header = HeaderOf(authentication, secret);
                headers.Add(header);
                secretHeaders.Add(header.Key);
                hidden.Add(header.Value);
            }
        }

        headers.AddRange(draft.Marks);
        headers.AddRange(RequestSigner.Sign(endpoint.Signature, endpoint.Scheme, secrets, new SigningInput
        {
            Id = id,
            Timestamp = now.ToUnixTimeSeconds(),
            EventType = message.EventType,
            Url = url.AbsoluteUri,
            ShownUrl = shownUrl,
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
            Secrets = hidden,
            Tls = TlsSettings.Of(endpoint),
            Token = token,
        };
    }

    private TokenSettings TokenOf(Endpoint endpoint, Oauth2Client client, string secret) => new()
    {
        Endpoint = endpoint.Id,
        Revision = endpoint.Revision,
        Url = new Uri(client.TokenUrl),
        ClientId = client.ClientId,
        ClientSecret = secret,
        Scope = client.Scope,
        Audience = client.Audience,
        Parameters = [.. client.ProtectedParameters.Select(parameter => new KeyValuePair<string, string>(parameter.Key, opened.Open(parameter.Value).Text))],
        InBody = client.InBody,
        Tls = client.UsesEndpointTls ? TlsSettings.Of(endpoint) : null,
    };

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
