using Parley.Webhooks.Outbound.Tokens;

namespace Parley.Webhooks.Outbound.Sending;

/// <summary>A request as it goes over the wire.</summary>
internal sealed record OutgoingRequest
{
    public required Uri Url { get; init; }

    public required string Method { get; init; }

    /// <summary>With the signatures, without what HTTP itself needs.</summary>
    public required IReadOnlyList<KeyValuePair<string, string>> Headers { get; init; }

    public required ReadOnlyMemory<byte> Body { get; init; }

    public string ContentType { get; init; } = "application/json";

    /// <summary>Of the whole exchange.</summary>
    public required TimeSpan Timeout { get; init; }

    /// <summary>Names of headers whose values are secret, and are masked where the request is shown.</summary>
    public IReadOnlySet<string> SecretHeaders { get; init; } = new HashSet<string>();

    /// <summary>What is masked where a receiver repeats it in its answer.</summary>
    public IReadOnlyList<string> Secrets { get; init; } = [];

    /// <summary>For connections of the endpoint's own; null: those that all share.</summary>
    public TlsSettings? Tls { get; init; }

    /// <summary>For the access token that goes along; null: none does.</summary>
    public TokenSettings? Token { get; init; }

    /// <summary>The URL as it is shown, when a part of it is secret.</summary>
    public string? ShownUrl { get; init; }

    /// <summary>Asks, at the last moment, whether the endpoint is still as it was when the request was made; null: it need not be.</summary>
    public Func<ValueTask<bool>>? IsCurrentAsync { get; init; }
}
