namespace Parley.Webhooks.Storage;

/// <summary>A change to a resource, of which several can be made in one commit.</summary>
/// <param name="Action">What is done.</param>
/// <param name="Kind">Of the resource.</param>
/// <param name="Id">Of the resource.</param>
/// <param name="Resource">As it is to be; null when it is removed.</param>
/// <param name="Most">How many of its kind its parent may have with it; null: any.</param>
internal readonly record struct ResourceChange(ResourceAction Action, ResourceKind Kind, Guid Id, Resource? Resource, int? Most = null)
{
    /// <summary>
    /// Adds one. <see cref="ResourceWrite.Missing"/> when its parent does not exist, <see cref="ResourceWrite.NameTaken"/> when its name does,
    /// <see cref="ResourceWrite.Full"/> when its parent has enough of them.
    /// </summary>
    /// <param name="resource">The resource.</param>
    /// <param name="most">How many of its kind its parent may have with it, whoever adds them on whatever node; null: any.</param>
    public static ResourceChange Add(Resource resource, int? most = null) => new(ResourceAction.Add, resource.Kind, resource.Id, resource, most);

    /// <summary>Replaces the revision before that of the given one. <see cref="ResourceWrite.Changed"/> when it is another.</summary>
    public static ResourceChange Replace(Resource resource) => new(ResourceAction.Replace, resource.Kind, resource.Id, resource);

    /// <summary>Removes one with all below it. Deliveries stay.</summary>
    public static ResourceChange Remove(ResourceKind kind, Guid id) => new(ResourceAction.Remove, kind, id, null);
}

internal enum ResourceAction
{
    Add,
    Replace,
    Remove,
}

/// <summary>Single changes.</summary>
internal static class ResourceChangeExtensions
{
    public static ValueTask<ResourceWrite> AddAsync(this IWebhookStore store, Resource resource, CancellationToken cancellationToken = default) =>
        store.WriteAsync([ResourceChange.Add(resource)], null, cancellationToken);

    public static ValueTask<ResourceWrite> ReplaceAsync(this IWebhookStore store, Resource resource, CancellationToken cancellationToken = default) =>
        store.WriteAsync([ResourceChange.Replace(resource)], null, cancellationToken);

    public static ValueTask<ResourceWrite> RemoveAsync(
        this IWebhookStore store, ResourceKind kind, Guid id, CancellationToken cancellationToken = default) =>
        store.WriteAsync([ResourceChange.Remove(kind, id)], null, cancellationToken);
}
