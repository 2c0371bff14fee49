namespace Parley.Webhooks.Ids;

/// <summary>Public ids: a prefix that names the kind, and base 32 of a UUID of version 7 (RFC 9562, 5.7), so that they sort by age.</summary>
internal static class WebhookId
{
    public const string Application = "app_";
    public const string Endpoint = "ep_";
    public const string Message = "msg_";
    public const string Delivery = "dlv_";
    public const string Replay = "rpl_";
    public const string Key = "key_";

    private const int Size = 16;

    public static string Format(string prefix, Guid id)
    {
        Span<byte> bytes = stackalloc byte[Size];
        id.TryWriteBytes(bytes, bigEndian: true, out _);
        return prefix + Base32.Encode(bytes);
    }

    public static bool TryParse(string prefix, ReadOnlySpan<char> text, out Guid id)
    {
        Span<byte> bytes = stackalloc byte[Size];
        var isId = text.StartsWith(prefix, StringComparison.Ordinal) && Base32.TryDecode(text[prefix.Length..], bytes);
        id = isId ? new Guid(bytes, bigEndian: true) : default;
        return isId;
    }
}
