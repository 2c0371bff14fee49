using System.Buffers.Text;
using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Parley.Webhooks.Catalog;
using Parley.Webhooks.Endpoints;
using Parley.Webhooks.Ids;
using Parley.Webhooks.Secrets;
using Parley.Webhooks.Signing;
using Parley.Webhooks.Storage;
using Parley.Webhooks.Verification;
using Endpoint = Parley.Webhooks.Endpoints.Endpoint;

namespace Parley.Webhooks.Api;

/// <summary>Shows to everybody who knows an endpoint's id the public keys that verify what is sent to it, so that a rotation needs no word to its receiver.</summary>
internal sealed class PublicKeys(WebhookCatalog catalog, SecretCache opened, TimeProvider time)
{
    /// <summary>A new key signs at once, beside the old one; a receiver that asks every few minutes misses nothing of the overlap.</summary>
    private const int MaxAgeSeconds = 300;

    public async Task HandleAsync(HttpContext context)
    {
        try
        {
            // What has no public key is answered as if it did not exist: so much an id tells, and no more.
            if (await FindAsync(TextOf(context, "application"), TextOf(context, "endpoint")) is { } endpoint && KeysOf(endpoint) is { Count: > 0 } keys)
                await WriteAsync(context, JsonSerializer.SerializeToUtf8Bytes(new KeySetView(keys), KeySetJson.Default.KeySetView));
            else
                await ApiAnswer.Of(WebhookProblem.NotFound("endpoint with public keys")).WriteAsync(context.Response);
        }
        catch (WebhookStoreException)
        {
            await ApiAnswer.Of(new WebhookProblem(503, "storage_unavailable", "It cannot be read now.") { RetryAfter = TimeSpan.FromSeconds(1) }).WriteAsync(context.Response);
        }
    }

    private static string TextOf(HttpContext context, string name) => context.GetRouteValue(name)?.ToString() ?? "";

    private static Task WriteAsync(HttpContext context, byte[] body)
    {
        var (request, response) = (context.Request, context.Response);
        var tag = $"\"{Convert.ToHexStringLower(SHA256.HashData(body).AsSpan(0, 16))}\"";
        response.Headers.ETag = tag;
        response.Headers.CacheControl = string.Create(CultureInfo.InvariantCulture, $"public, max-age={MaxAgeSeconds}");
        response.Headers.XContentTypeOptions = "nosniff";
        if (request.Headers.IfNoneMatch.ToString().Split(',').Any(known => known.Trim() == tag))
        {
            response.StatusCode = StatusCodes.Status304NotModified;
            return Task.CompletedTask;
        }

        response.ContentType = "application/jwk-set+json";
        response.ContentLength = body.Length;
        return HttpMethods.IsHead(request.Method) ? Task.CompletedTask : response.Body.WriteAsync(body).AsTask();
    }

    private async ValueTask<Endpoint?> FindAsync(string application, string endpoint) =>
        WebhookId.TryParse(WebhookId.Application, application, out var owner) && WebhookId.TryParse(WebhookId.Endpoint, endpoint, out var id)
            ? await catalog.FindEndpointAsync(owner, id)
            : null;

    private List<PublicKeyView> KeysOf(Endpoint endpoint)
    {
        var now = time.GetUtcNow();
        var keys = new List<PublicKeyView>();
        foreach (var secret in endpoint.Secrets.Where(secret => secret.ExpiresAt is null || secret.ExpiresAt > now))
        {
            if (PublicKeyOf(endpoint, opened.Open(secret.Protected)) is { } key)
                keys.Add(PublicKeyView.Of(key, secret));
        }

        return keys;
    }

    private static byte[]? PublicKeyOf(Endpoint endpoint, SigningSecret secret)
    {
        if (endpoint.Scheme is { } scheme)
            return scheme.Algorithm is SignatureAlgorithm.Ed25519 ? SchemeSigner.PublicKeyOf(scheme, secret.Text) : null;
        var text = secret.Key.VerificationKey.Export();
        return text.StartsWith(WebhookKey.PublicKeyPrefix, StringComparison.Ordinal) ? Convert.FromBase64String(text[WebhookKey.PublicKeyPrefix.Length..]) : null;
    }
}

/// <summary>A key set (RFC 7517), newest key first.</summary>
internal sealed record KeySetView(IReadOnlyList<PublicKeyView> Keys);

/// <summary>An Ed25519 public key (RFC 8037), also as Standard Webhooks writes it.</summary>
internal sealed record PublicKeyView(
    string Kty, string Crv, string X, string Use, string Alg, string Kid, string Whpk, DateTimeOffset CreatedAt, DateTimeOffset? ExpiresAt)
{
    public static PublicKeyView Of(byte[] key, EndpointSecret secret)
    {
        var x = Base64Url.EncodeToString(key);
        // RFC 7638: the members that make the key, in the order of their names.
        var thumbprint = SHA256.HashData(System.Text.Encoding.ASCII.GetBytes($$"""{"crv":"Ed25519","kty":"OKP","x":"{{x}}"}"""));
        return new PublicKeyView(
            "OKP", "Ed25519", x, "sig", "EdDSA", Base64Url.EncodeToString(thumbprint), WebhookKey.PublicKeyPrefix + Convert.ToBase64String(key), secret.CreatedAt,
            secret.ExpiresAt);
    }
}

/// <summary>How key sets are written.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(KeySetView))]
internal sealed partial class KeySetJson : JsonSerializerContext;
