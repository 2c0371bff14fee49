using System.Runtime.CompilerServices;

namespace Parley.Webhooks.Storage;

/// <summary>Lists that are read to their end.</summary>
internal static class ResourceLists
{
    private const int PageSize = 1000;

    /// <summary>Lists all below a parent, oldest first.</summary>
    public static IAsyncEnumerable<Resource> EveryAsync(
        this IWebhookStore store, ResourceKind kind, Guid parent, CancellationToken cancellationToken = default) =>
        PagesAsync((after, token) => store.ListAsync(kind, parent, after, PageSize, token), cancellationToken);

    /// <summary>Lists all of a kind, below any parent, oldest first.</summary>
    public static IAsyncEnumerable<Resource> EveryAsync(this IWebhookStore store, ResourceKind kind, CancellationToken cancellationToken = default) =>
        PagesAsync((after, token) => store.ListAllAsync(kind, after, PageSize, token), cancellationToken);

    /// <summary>Lists all of a kind that have a name, below any parent, oldest first.</summary>
    public static IAsyncEnumerable<Resource> EveryNamedAsync(this IWebhookStore store, ResourceKind kind, CancellationToken cancellationToken = default) =>
        PagesAsync((after, token) => store.ListNamedAsync(kind, after, PageSize, token), cancellationToken);

    private static async IAsyncEnumerable<Resource> PagesAsync(
        Func<Guid, CancellationToken, ValueTask<IReadOnlyList<Resource>>> readPage, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var after = Guid.Empty;
        while (true)
        {
            var page = await readPage(after, cancellationToken);
            foreach (var resource in page)
                yield return resource;
            if (page.Count < PageSize)
                yield break;
            after = page[^1].Id;
        }
    }
}
