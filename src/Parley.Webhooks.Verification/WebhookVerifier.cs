using System.Globalization;
using Parley.Webhooks.Verification.Keys;

namespace Parley.Webhooks.Verification;

/// <summary>Verifies the signatures of Standard Webhooks (1.0.0), v1 and v1a. Immutable and thread-safe.</summary>
public sealed class WebhookVerifier
{
    /// <summary>How far a timestamp may be from now, on both sides, unless said otherwise: 5 minutes, as all reference libraries have it.</summary>
    public static readonly TimeSpan DefaultTolerance = TimeSpan.FromMinutes(5);

    private const int MaxSignatures = 32;
    private const int MaxSignatureBytes = 64;

    private readonly WebhookKey[] _keys;
    private readonly TimeSpan _tolerance;
    private readonly TimeProvider _time;

    /// <summary>Verifies with keys given as text.</summary>
    /// <param name="keys">One to 32 of <c>whsec_…</c> and <c>whpk_…</c>: several while a key is changed. Any that fits is enough.</param>
    /// <exception cref="FormatException">One of them is no key.</exception>
    /// <exception cref="ArgumentException">There are none, or more than 32.</exception>
    public WebhookVerifier(params string[] keys)
        : this(Parse(keys))
    {
    }

    /// <summary>Verifies with keys.</summary>
    /// <param name="keys">One to 32.</param>
    /// <param name="tolerance">How far a timestamp may be from now, on both sides: above zero. Default <see cref="DefaultTolerance"/>.</param>
    /// <param name="time">The clock. Default the system's.</param>
    /// <exception cref="ArgumentException">There are no keys, or more than 32.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="tolerance"/> is not above zero.</exception>
    public WebhookVerifier(IEnumerable<WebhookKey> keys, TimeSpan? tolerance = null, TimeProvider? time = null)
    {
        ArgumentNullException.ThrowIfNull(keys);
        _keys = [.. keys.Select(static key => key.VerificationKey)];
        if (_keys.Length is 0 or > MaxSignatures)
            throw new ArgumentException("Give one to 32 keys.", nameof(keys));
        _tolerance = tolerance ?? DefaultTolerance;
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(_tolerance, TimeSpan.Zero, nameof(tolerance));
        _time = time ?? TimeProvider.System;
    }

    /// <summary>Verifies one request. Never throws for what a stranger sends.</summary>
    /// <param name="id">Header <c>webhook-id</c>.</param>
    /// <param name="timestamp">Header <c>webhook-timestamp</c>: Unix time in seconds.</param>
    /// <param name="signatures">Header <c>webhook-signature</c>: one or more of <c>VERSION,BASE64</c>, separated by spaces.</param>
    /// <param name="body">The body's bytes as they came in, before anything parsed them.</param>
    /// <remarks>Versions that are not known are skipped; of the others 32 are looked at, at most.</remarks>
    public WebhookVerdict Verify(string? id, string? timestamp, string? signatures, ReadOnlySpan<byte> body)
    {
        if (string.IsNullOrEmpty(id) || string.IsNullOrEmpty(timestamp) || string.IsNullOrEmpty(signatures))
            return WebhookVerdict.MissingHeader;
        if (!SignedContent.IsId(id))
            return WebhookVerdict.InvalidId;
        if (!long.TryParse(timestamp, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var seconds) || seconds < 0)
            return WebhookVerdict.InvalidTimestamp;

        // The text is signed as it came, so it may only be written in the one way that a number is.
        if (timestamp != seconds.ToString(CultureInfo.InvariantCulture))
            return WebhookVerdict.InvalidTimestamp;

        var age = _time.GetUtcNow().ToUnixTimeSeconds() - seconds;
        if (age > _tolerance.TotalSeconds)
            return WebhookVerdict.TooOld;
        if (-age > _tolerance.TotalSeconds)
            return WebhookVerdict.TooNew;

        using var content = SignedContent.Of(id, seconds, body);
        return HasSignature(signatures, content.Bytes) ? WebhookVerdict.Valid : WebhookVerdict.InvalidSignature;
    }

    private bool HasSignature(ReadOnlySpan<char> signatures, ReadOnlySpan<byte> content)
    {
        Span<byte> signature = stackalloc byte[MaxSignatureBytes + 2];
        var tried = 0;
        foreach (var range in signatures.Split(' '))
        {
            var element = signatures[range];
            var comma = element.IndexOf(',');
            if (comma < 0)
                continue;

            var version = element[..comma];
            if (version is not ("v1" or "v1a") || !Convert.TryFromBase64Chars(element[(comma + 1)..], signature, out var length))
                continue;
            if (tried++ == MaxSignatures)
                return false;

            foreach (var key in _keys)
            {
                if (version.SequenceEqual(key.Version) && key.Verify(content, signature[..length]))
                    return true;
            }
        }

        return false;
    }

    private static IEnumerable<WebhookKey> Parse(string[] keys)
    {
        ArgumentNullException.ThrowIfNull(keys);
        return keys.Select(WebhookKey.Parse);
    }
}
