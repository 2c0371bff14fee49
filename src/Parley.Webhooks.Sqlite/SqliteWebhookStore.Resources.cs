using Microsoft.Data.Sqlite;
using Parley.Webhooks.Storage;

namespace Parley.Webhooks.Sqlite;

internal sealed partial class SqliteWebhookStore
{
    private const string ResourceColumns = "kind, id, parent, name, revision, document";
    private const int ConstraintError = 19;

    internal const string FindKey = $"SELECT {ResourceColumns} FROM resources INDEXED BY resources_keys WHERE kind = 5 AND name = ?1";

    public ValueTask<Resource?> ReadAsync(ResourceKind kind, Guid id, CancellationToken cancellationToken = default) =>
        QueryAsync(session => First(
            session.Query($"SELECT {ResourceColumns} FROM resources WHERE kind = ?1 AND id = ?2", (int)kind, id)), cancellationToken);

    public ValueTask<Resource?> FindAsync(ResourceKind kind, Guid parent, string name, CancellationToken cancellationToken = default) =>
        QueryAsync(session => First(session.Query(
            $"SELECT {ResourceColumns} FROM resources WHERE kind = ?1 AND parent = ?2 AND name = ?3", (int)kind, parent, name)),
            cancellationToken);

    public ValueTask<Resource?> FindKeyAsync(string name, CancellationToken cancellationToken = default) =>
        QueryAsync(session => First(session.Query(FindKey, name)), cancellationToken);

    public ValueTask<IReadOnlyList<Resource>> ListAsync(
        ResourceKind kind, Guid parent, Guid after, int limit, CancellationToken cancellationToken = default) =>
        QueryAsync<IReadOnlyList<Resource>>(session =>
        {
            using var rows = session.Query(
                $"SELECT {ResourceColumns} FROM resources WHERE kind = ?1 AND parent = ?2 AND id > ?3 ORDER BY id LIMIT ?4",
                (int)kind, parent, after, limit);
            return All(rows, ToResource);
        }, cancellationToken);

    public ValueTask<IReadOnlyList<Resource>> ListAllAsync(ResourceKind kind, Guid after, int limit, CancellationToken cancellationToken = default) =>
        QueryAsync<IReadOnlyList<Resource>>(session =>
        {
            using var rows = session.Query(
                $"SELECT {ResourceColumns} FROM resources WHERE kind = ?1 AND id > ?2 ORDER BY id LIMIT ?3", (int)kind, after, limit);
            return All(rows, ToResource);
        }, cancellationToken);

    public ValueTask<IReadOnlyList<Resource>> ListNamedAsync(ResourceKind kind, Guid after, int limit, CancellationToken cancellationToken = default) =>
        QueryAsync<IReadOnlyList<Resource>>(session =>
        {
            using var rows = session.Query($"""
                SELECT {ResourceColumns} FROM resources INDEXED BY resources_by_name
                WHERE kind = ?1 AND name IS NOT NULL AND id > ?2 ORDER BY id LIMIT ?3
                """, (int)kind, after, limit);
            return All(rows, ToResource);
        }, cancellationToken);

    public ValueTask<ResourceWrite> WriteAsync(
        IReadOnlyList<ResourceChange> changes, Acceptance? notice = null, CancellationToken cancellationToken = default) =>
        WriteAsync(session => Change(session, changes, notice), cancellationToken,
            changes.Sum(static change => change.Resource?.Document.Length ?? 0) + (notice?.Message.Payload.Length ?? 0));

    private static ResourceWrite Change(SqliteSession session, IReadOnlyList<ResourceChange> changes, Acceptance? notice)
    {
        // The transaction is shared with others, so that what was begun is undone on its own.
        session.Run("SAVEPOINT change");
        foreach (var change in changes)
        {
            var write = change switch
            {
                { Action: ResourceAction.Add, Resource: { } resource } => Add(session, resource, change.Most),
                { Action: ResourceAction.Replace, Resource: { } resource } => Replace(session, resource),
                _ => Remove(session, change.Kind, change.Id),
            };
            if (write is ResourceWrite.Done)
                continue;
            session.Run("ROLLBACK TO change");
            session.Run("RELEASE change");
            return write;
        }

        if (notice is not null)
            Accept(session, notice);
        session.Run("RELEASE change");
        return ResourceWrite.Done;
    }

    private static ResourceWrite Add(SqliteSession session, Resource resource, int? most)
    {
        if (resource.Parent != Guid.Empty && session.Number("SELECT 1 FROM resources WHERE kind = 1 AND id = ?1", resource.Parent) is null)
            return ResourceWrite.Missing;
        if (most is not null && session.Number("SELECT count(*) FROM resources WHERE kind = ?1 AND parent = ?2", (int)resource.Kind, resource.Parent) >= most)
            return ResourceWrite.Full;
        return Try(session, "INSERT INTO resources (kind, id, parent, name, revision, document) VALUES (?1, ?2, ?3, ?4, ?5, ?6)", resource);
    }

    private static ResourceWrite Replace(SqliteSession session, Resource resource)
    {
        var revision = session.Number("SELECT revision FROM resources WHERE kind = ?1 AND id = ?2", (int)resource.Kind, resource.Id);
        if (revision is null)
            return ResourceWrite.Missing;
        if (revision != resource.Revision - 1)
            return ResourceWrite.Changed;
        return Try(session, "UPDATE resources SET parent = ?3, name = ?4, revision = ?5, document = ?6 WHERE kind = ?1 AND id = ?2", resource);
    }

    private static ResourceWrite Remove(SqliteSession session, ResourceKind kind, Guid id)
    {
        if (kind is ResourceKind.Application)
            session.Run("DELETE FROM resources WHERE parent = ?1", id);
        return session.Run("DELETE FROM resources WHERE kind = ?1 AND id = ?2", (int)kind, id) == 0
            ? ResourceWrite.Missing
            : ResourceWrite.Done;
    }

    private static ResourceWrite Try(SqliteSession session, string sql, Resource resource)
    {
        try
        {
            session.Run(sql, (int)resource.Kind, resource.Id, resource.Parent, resource.Name,
                resource.Revision, resource.Document);
            return ResourceWrite.Done;
        }
        catch (SqliteException exception) when (exception.SqliteErrorCode == ConstraintError)
        {
            // Only the statement is undone, not the transaction that others share.
            return ResourceWrite.NameTaken;
        }
    }

    private static Resource? First(Statement rows)
    {
        using (rows)
            return rows.Read() ? ToResource(rows) : null;
    }

    private static List<T> All<T>(Statement rows, Func<Statement, T> read)
    {
        var all = new List<T>();
        while (rows.Read())
            all.Add(read(rows));
        return all;
    }

    private static Resource ToResource(Statement row) => new()
    {
        Kind = (ResourceKind)row.Int(0),
        Id = row.Id(1),
        Parent = row.Id(2),
        Name = row.TextOrNull(3),
        Revision = row.Long(4),
        Document = row.Bytes(5),
    };
}
