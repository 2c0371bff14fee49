namespace Parley.AspNetCore.Authentication;

/// <summary>Keeps the key of the secret that was asked for last, so that it is prepared once per rotation.</summary>
internal sealed class HmacKeySlot
{
    private volatile HmacKey? _key;

    /// <summary>The key of a secret; null when there is no secret.</summary>
    public HmacKey? Get(string? secret)
    {
        if (string.IsNullOrEmpty(secret))
            return null;
        var key = _key;
        if (key is null || key.Secret != secret)
            _key = key = new HmacKey(secret);
        return key;
    }
}
