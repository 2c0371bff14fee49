using System.Runtime.CompilerServices;

namespace Parley.Webhooks.Storage;

/// <summary>Lists that are read to their end.</summary>
internal static class ResourceLists
{
    private const int PageSize = 1000;
    private const int MaxExamined = 10_000;

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

    /// <summary>
    /// Reads a page of some of those below a parent, oldest first. It looks at some 10,000 at most, so that it may have few items, or none, and
    /// lead on.
    /// </summary>
    /// <param name="store">The store.</param>
    /// <param name="kind">The kind.</param>
    /// <param name="parent">The parent.</param>
    /// <param name="cursor">The page before's <see cref="Page{TItem, TCursor}.Next"/>; null for the first.</param>
    /// <param name="limit">Items at most.</param>
    /// <param name="read">Makes an item; null of what does not belong to the list.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public static async Task<Page<T, Guid>> PageAsync<T>(
        this IWebhookStore store, ResourceKind kind, Guid parent, Guid? cursor, int limit, Func<Resource, T?> read,
        CancellationToken cancellationToken = default)
        where T : class
    {
        var items = new List<T>();
        var passed = cursor ?? Guid.Empty;
        // Where all belong to the list, no more is read than the page has.
        var size = limit + 1;
        for (var examined = 0; examined < MaxExamined; examined += size, size = PageSize)
        {
            var part = await store.ListAsync(kind, parent, passed, size, cancellationToken);
            foreach (var resource in part)
            {
                var item = read(resource);
                if (item is not null && items.Count == limit)
                    return new Page<T, Guid>(items, passed);
                passed = resource.Id;
                if (item is not null)
                    items.Add(item);
            }

            if (part.Count < size)
                return new Page<T, Guid>(items, null);
        }

        return new Page<T, Guid>(items, passed);
    }

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
