using System.Collections.Concurrent;
using Parley.Webhooks.Applications;
using Parley.Webhooks.Endpoints;
using Parley.Webhooks.EventTypes;
using Parley.Webhooks.Storage;

namespace Parley.Webhooks.Catalog;

/// <summary>What is configured, read once and kept until it changes.</summary>
/// <remarks>Thread-safe. All changes of this node go through <see cref="Forget(Guid)"/>, so that the next reader sees them.</remarks>
internal sealed class WebhookCatalog(IWebhookStore store)
{
    private const int PageSize = 1000;
    private const int MaxKept = 10_000;

    private readonly ConcurrentDictionary<Guid, Lazy<Task<ApplicationEntry?>>> _applications = new();
    private readonly ConcurrentDictionary<string, Lazy<Task<EventType?>>> _types = new(StringComparer.Ordinal);

    /// <summary>The application with its endpoints; null when it does not exist.</summary>
    public Task<ApplicationEntry?> FindAsync(Guid application) => GetAsync(_applications, application, ReadAsync);

    public Task<EventType?> FindTypeAsync(string name) => GetAsync(_types, name, ReadTypeAsync);

    public async ValueTask<Endpoint?> FindEndpointAsync(Guid application, Guid endpoint) =>
        (await FindAsync(application))?.Endpoints.GetValueOrDefault(endpoint);

    /// <summary>Has an application read anew, because it or one of its endpoints was changed.</summary>
    public void Forget(Guid application) => _applications.TryRemove(application, out _);

    public void ForgetType(string name) => _types.TryRemove(name, out _);

    private static async Task<T?> GetAsync<TKey, T>(ConcurrentDictionary<TKey, Lazy<Task<T?>>> cache, TKey key, Func<TKey, Task<T?>> read)
        where TKey : notnull
        where T : class
    {
        if (!cache.TryGetValue(key, out var known))
        {
            // What is asked for often comes back at once.
            if (cache.Count >= MaxKept)
                cache.Clear();
            // It is in the cache before it reads, so that a change that comes while it reads removes it.
            known = cache.GetOrAdd(key, new Lazy<Task<T?>>(() => read(key)));
        }

        T? found = null;
        try
        {
            return found = await known.Value;
        }
        finally
        {
            // Neither a failure is kept nor that something does not exist: a stranger could fill the memory with names.
            if (found is null)
                cache.TryRemove(new KeyValuePair<TKey, Lazy<Task<T?>>>(key, known));
        }
    }

    private async Task<ApplicationEntry?> ReadAsync(Guid id)
    {
        if (await store.ReadAsync(ResourceKind.Application, id) is not { } resource)
            return null;

        var endpoints = new Dictionary<Guid, Endpoint>();
        var after = Guid.Empty;
        while (true)
        {
            var page = await store.ListAsync(ResourceKind.Endpoint, id, after, PageSize);
            foreach (var endpoint in page)
                endpoints.Add(endpoint.Id, endpoint.ToEndpoint());
            if (page.Count < PageSize)
                return new ApplicationEntry(resource.ToApplication(), endpoints);
            after = page[^1].Id;
        }
    }

    private async Task<EventType?> ReadTypeAsync(string name) =>
        (await store.FindAsync(ResourceKind.EventType, Guid.Empty, name))?.ToEventType();
}

/// <summary>An application with its endpoints, as they were when it was read.</summary>
internal sealed record ApplicationEntry(Application Application, IReadOnlyDictionary<Guid, Endpoint> Endpoints);
