using System.Buffers;
using System.Text;
using Parley.Webhooks.Outbound;

namespace Parley.Webhooks.Transformations;

/// <summary>What may come out of a script.</summary>
internal static class TransformationRules
{
    /// <summary>Most characters of a script.</summary>
    public const int MaxScriptLength = 256 * 1024;

    /// <summary>Most bytes of URL, method, headers and body together.</summary>
    public const int MaxResultBytes = 1024 * 1024;

    // RFC 9110, section 5.6.2.
    private static readonly SearchValues<char> TokenCharacters =
        SearchValues.Create("!#$%&'*+-.^_`|~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz");

    /// <summary>Says what is wrong with a result.</summary>
    /// <returns>Null when it can be sent.</returns>
    public static TransformationResult.Failed? Check(TransformationResult.Changed result)
    {
        if (SizeOf(result) > MaxResultBytes)
            return Invalid("The result is larger than 1 MiB.");
        if (!Uri.TryCreate(result.Url, UriKind.Absolute, out var url) || (url.Scheme != Uri.UriSchemeHttp && url.Scheme != Uri.UriSchemeHttps))
            return Invalid("The url must be absolute, with http or https.");
        if (!AllowedMethods.Contain(result.Method))
            return Invalid($"The method must be one of {AllowedMethods.All}.");

        return CheckHeaders(result.Headers);
    }

    /// <summary>A failure of the script's result.</summary>
    public static TransformationResult.Failed Invalid(string message) => new(TransformationErrors.InvalidResult, message);

    private static TransformationResult.Failed? CheckHeaders(IReadOnlyDictionary<string, string> headers)
    {
        var names = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        foreach (var (name, value) in headers)
        {
            if (!IsToken(name))
                return Invalid($"The header name '{name}' is not one that HTTP allows.");
            if (!names.Add(name))
                return Invalid($"The header '{name}' is there twice, in different case.");
            if (!IsFieldValue(value))
                return Invalid($"The value of the header '{name}' has characters that HTTP does not allow.");
        }

        return null;
    }

    private static bool IsToken(string text) => text.Length > 0 && !text.AsSpan().ContainsAnyExcept(TokenCharacters);

    // Visible ASCII, space and tab; other bytes have no meaning that both ends would agree on (RFC 9110, section 5.5).
    private static bool IsFieldValue(string text) => text.All(static c => c is '\t' or (>= ' ' and <= '~'));

    private static long SizeOf(TransformationResult.Changed result) =>
        Encoding.UTF8.GetByteCount(result.Url) + result.Method.Length + (long)result.Body.Length
        + result.Headers.Sum(static header => (long)header.Key.Length + header.Value.Length);
}
