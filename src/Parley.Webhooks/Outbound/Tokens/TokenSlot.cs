namespace Parley.Webhooks.Outbound.Tokens;

/// <summary>The access token of an endpoint as it is configured, and the one request for it that may be under way.</summary>
internal sealed class TokenSlot(TokenClient client, TimeProvider time, long revision, CancellationToken stopping)
{
    private readonly Lock _gate = new();
    private AccessToken? _token;
    private Task<TokenResult>? _request;

    public long Revision => revision;

    /// <param name="settings">Those of the revision.</param>
    /// <param name="refused">A token that the receiver did not take.</param>
    public Task<TokenResult> GetAsync(TokenSettings settings, AccessToken? refused)
    {
        lock (_gate)
        {
            if (_token is { } known && known != refused && time.GetUtcNow() < known.RenewAt)
                return Task.FromResult(new TokenResult(known, null));
            return _request ??= RequestAsync(settings);
        }
    }

    private async Task<TokenResult> RequestAsync(TokenSettings settings)
    {
        // The first who asks must not run it within the lock.
        await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
        TokenResult? result = null;
        try
        {
            return result = await client.RequestAsync(settings, stopping);
        }
        finally
        {
            lock (_gate)
            {
                _request = null;
                _token = result?.Token;
            }
        }
    }
}
