using Parley.Webhooks.Ids;

namespace Parley.Webhooks.Deliveries;

/// <summary>A message has one delivery for each endpoint at most, so both together name it.</summary>
internal readonly record struct DeliveryKey(Guid Message, Guid Endpoint)
{
    private const int Size = 32;

    /// <summary>The public id.</summary>
    public override string ToString()
    {
        Span<byte> bytes = stackalloc byte[Size];
        Message.TryWriteBytes(bytes, bigEndian: true, out _);
        Endpoint.TryWriteBytes(bytes[16..], bigEndian: true, out _);
        return WebhookId.Delivery + Base32.Encode(bytes);
    }

    public static bool TryParse(ReadOnlySpan<char> text, out DeliveryKey key)
    {
        Span<byte> bytes = stackalloc byte[Size];
        var isKey = text.StartsWith(WebhookId.Delivery, StringComparison.Ordinal) && Base32.TryDecode(text[WebhookId.Delivery.Length..], bytes);
        key = isKey ? new DeliveryKey(new Guid(bytes[..16], bigEndian: true), new Guid(bytes[16..], bigEndian: true)) : default;
        return isKey;
    }
}
