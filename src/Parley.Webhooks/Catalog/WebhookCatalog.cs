using System.Collections.Concurrent;
using System.Text.Json;
using Parley.Webhooks.Applications;
using Parley.Webhooks.Deliveries;
using Parley.Webhooks.Endpoints;
using Parley.Webhooks.EventTypes;
using Parley.Webhooks.Filters;
using Parley.Webhooks.Storage;

namespace Parley.Webhooks.Catalog;

/// <summary>What is configured, read once and kept until it changes.</summary>
/// <remarks>
/// Thread-safe. All changes of this node go through <see cref="Forget(Guid)"/>, so that the next reader sees them; those of other nodes
/// come from the store, <see cref="OtherNodes"/>.
/// </remarks>
internal sealed class WebhookCatalog(IWebhookStore store)
{
    private const int MaxKept = 10_000;

    private readonly ConcurrentDictionary<Guid, Lazy<Task<ApplicationEntry?>>> _applications = new();
    private readonly ConcurrentDictionary<string, Lazy<Task<TypeEntry?>>> _types = new(StringComparer.Ordinal);

    /// <summary>Names that are or were those of event types. Of others, which anybody may send, nothing is read or kept.</summary>
    private readonly ConcurrentDictionary<string, bool> _typeNames = new(StringComparer.Ordinal);

    private Lazy<Task>? _typeNamesRead;

    /// <summary>The application with its endpoints; null when it does not exist.</summary>
    public Task<ApplicationEntry?> FindAsync(Guid application) => GetAsync(_applications, application, ReadAsync);

    public async ValueTask<EventType?> FindTypeAsync(string name)
    {
        await ReadTypeNamesAsync();
        return _typeNames.ContainsKey(name) ? (await GetAsync(_types, name, ReadTypeAsync))!.Type : null;
    }

    public async ValueTask<Endpoint?> FindEndpointAsync(Guid application, Guid endpoint) =>
        (await FindAsync(application))?.Endpoints.GetValueOrDefault(endpoint);

    /// <summary>Has an application read anew, because it or one of its endpoints was changed.</summary>
    public void Forget(Guid application) => _applications.TryRemove(application, out _);

    /// <summary>Has an event type read anew, because it was made, changed or removed.</summary>
    public void ForgetType(string name)
    {
        _typeNames[name] = true;
        _types.TryRemove(name, out _);
    }

    public void ForgetAll()
    {
        _applications.Clear();
        _types.Clear();
        Volatile.Write(ref _typeNamesRead, null);
    }

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
        await foreach (var endpoint in store.EveryAsync(ResourceKind.Endpoint, id))
            endpoints.Add(endpoint.Id, endpoint.ToEndpoint());
        return new ApplicationEntry(resource.ToApplication(), endpoints);
    }

    private async Task<TypeEntry?> ReadTypeAsync(string name) =>
        new((await store.FindAsync(ResourceKind.EventType, Guid.Empty, name))?.ToEventType());

    private async ValueTask ReadTypeNamesAsync()
    {
        var read = Volatile.Read(ref _typeNamesRead);
        if (read is { IsValueCreated: true, Value.IsCompletedSuccessfully: true })
            return;
        if (read is null or { IsValueCreated: true, Value.IsCompleted: true })
        {
            var again = new Lazy<Task>(ListTypeNamesAsync);
            read = Interlocked.CompareExchange(ref _typeNamesRead, again, read) == read ? again : Volatile.Read(ref _typeNamesRead)!;
        }

        await read.Value;
    }

    private async Task ListTypeNamesAsync()
    {
        await foreach (var type in store.EveryAsync(ResourceKind.EventType, Guid.Empty))
            _typeNames[type.Name!] = true;
    }

    /// <summary>Also of none, so that this is kept too.</summary>
    private sealed record TypeEntry(EventType? Type);
}

/// <summary>An application with its endpoints, as they were when it was read.</summary>
internal sealed record ApplicationEntry(Application Application, IReadOnlyDictionary<Guid, Endpoint> Endpoints)
{
    /// <summary>The endpoints that want a message.</summary>
    /// <param name="message">The message.</param>
    /// <param name="payload">Its payload, read.</param>
    public IEnumerable<Endpoint> Wanting(Message message, JsonElement payload)
    {
        FilteredMessage? filtered = null;
        Func<FilteredMessage> read = () => filtered ??= new FilteredMessage(message, payload);
        return Endpoints.Values.Where(endpoint => endpoint.Wants(message, read));
    }
}
