using System.Collections.Concurrent;

namespace Parley.Webhooks.Outbound.Tokens;

/// <summary>Keeps access tokens until shortly before they expire, and asks for one at a time for each endpoint.</summary>
internal sealed class TokenCache(TokenClient client, TimeProvider time) : IDisposable
{
    private const int MaxKept = 2_000;

    private readonly ConcurrentDictionary<Guid, TokenSlot> _slots = new();
    private readonly CancellationTokenSource _stopping = new();

    /// <param name="settings">Of the endpoint.</param>
    /// <param name="refused">A token that the receiver did not take; null: none was tried.</param>
    /// <param name="cancellationToken">Ends the wait; others may wait for the same request.</param>
    public Task<TokenResult> GetAsync(TokenSettings settings, AccessToken? refused, CancellationToken cancellationToken)
    {
        // What is in use comes back at once.
        if (_slots.Count >= MaxKept)
            _slots.Clear();
        var slot = _slots.AddOrUpdate(
            settings.Endpoint,
            static (_, state) => state.Cache.Create(state.Revision),
            static (_, known, state) => known.Revision < state.Revision ? state.Cache.Create(state.Revision) : known,
            (Cache: this, settings.Revision));
        // One that began before its endpoint was changed goes its own way.
        if (slot.Revision != settings.Revision)
            slot = Create(settings.Revision);
        return slot.GetAsync(settings, refused).WaitAsync(cancellationToken);
    }

    public void Dispose()
    {
        _stopping.Cancel();
        _stopping.Dispose();
    }

    private TokenSlot Create(long revision) => new(client, time, revision, _stopping.Token);
}
