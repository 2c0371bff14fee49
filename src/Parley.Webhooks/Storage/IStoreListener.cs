namespace Parley.Webhooks.Storage;

/// <summary>Hears from a store what other nodes have changed. Calls may come at any time, on any thread, and must not wait.</summary>
internal interface IStoreListener
{
    /// <summary>A resource was added, replaced or removed.</summary>
    void ResourceChanged(ResourceKind kind, Guid id, Guid parent, string? name);

    /// <summary>An endpoint has deliveries that are due and that the other node has not taken.</summary>
    void DeliveriesDue(Guid application, Guid endpoint);

    /// <summary>Something may not have been heard: what is known is to be forgotten, and what is due to be looked for.</summary>
    void Lost();
}
