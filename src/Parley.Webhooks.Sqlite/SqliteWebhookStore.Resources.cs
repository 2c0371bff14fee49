using Microsoft.Data.Sqlite;
using Parley.Webhooks.Storage;

namespace Parley.Webhooks.Sqlite;

internal sealed partial class SqliteWebhookStore
{
    private const string ResourceColumns = "kind, id, parent, name, revision, document";
    private const int ConstraintError = 19;

    public ValueTask<Resource?> ReadAsync(ResourceKind kind, Guid id, CancellationToken cancellationToken = default) =>
        ValueTask.FromResult(Read(session => First(
            session.Query($"SELECT {ResourceColumns} FROM resources WHERE kind = $1 AND id = $2", (int)kind, SqliteValues.Of(id)))));

    public ValueTask<Resource?> FindAsync(ResourceKind kind, Guid parent, string name, CancellationToken cancellationToken = default) =>
        ValueTask.FromResult(Read(session => First(session.Query(
            $"SELECT {ResourceColumns} FROM resources WHERE kind = $1 AND parent = $2 AND name = $3", (int)kind, SqliteValues.Of(parent), name))));

    public ValueTask<IReadOnlyList<Resource>> ListAsync(
        ResourceKind kind, Guid parent, Guid after, int limit, CancellationToken cancellationToken = default) =>
        ValueTask.FromResult<IReadOnlyList<Resource>>(Read(session =>
        {
            using var rows = session.Query(
                $"SELECT {ResourceColumns} FROM resources WHERE kind = $1 AND parent = $2 AND id > $3 ORDER BY id LIMIT $4",
                (int)kind, SqliteValues.Of(parent), SqliteValues.Of(after), limit);
            return All(rows, ToResource);
        }));

    public ValueTask<ResourceWrite> AddAsync(Resource resource, CancellationToken cancellationToken = default) => WriteAsync(session =>
    {
        if (resource.Parent != Guid.Empty && session.Value("SELECT 1 FROM resources WHERE kind = 1 AND id = $1", SqliteValues.Of(resource.Parent)) is null)
            return ResourceWrite.Missing;
        return Try(session, "INSERT INTO resources (kind, id, parent, name, revision, document) VALUES ($1, $2, $3, $4, $5, $6)", resource);
    }, cancellationToken);

    public ValueTask<ResourceWrite> ReplaceAsync(Resource resource, CancellationToken cancellationToken = default) => WriteAsync(session =>
    {
        var revision = session.Value("SELECT revision FROM resources WHERE kind = $1 AND id = $2", (int)resource.Kind, SqliteValues.Of(resource.Id));
        if (revision is null)
            return ResourceWrite.Missing;
        if ((long)revision != resource.Revision - 1)
            return ResourceWrite.Changed;
        return Try(session, "UPDATE resources SET parent = $3, name = $4, revision = $5, document = $6 WHERE kind = $1 AND id = $2", resource);
    }, cancellationToken);

    public ValueTask<ResourceWrite> RemoveAsync(ResourceKind kind, Guid id, CancellationToken cancellationToken = default) => WriteAsync(session =>
    {
        if (kind is ResourceKind.Application)
            session.Run("DELETE FROM resources WHERE parent = $1", SqliteValues.Of(id));
        return session.Run("DELETE FROM resources WHERE kind = $1 AND id = $2", (int)kind, SqliteValues.Of(id)) == 0
            ? ResourceWrite.Missing
            : ResourceWrite.Done;
    }, cancellationToken);

    private static ResourceWrite Try(SqliteSession session, string sql, Resource resource)
    {
        try
        {
            session.Run(sql, (int)resource.Kind, SqliteValues.Of(resource.Id), SqliteValues.Of(resource.Parent), resource.Name,
                resource.Revision, resource.Document.ToArray());
            return ResourceWrite.Done;
        }
        catch (SqliteException exception) when (exception.SqliteErrorCode == ConstraintError)
        {
            // Only the statement is undone, not the transaction that others share.
            return ResourceWrite.NameTaken;
        }
    }

    private static Resource? First(SqliteDataReader rows)
    {
        using (rows)
            return rows.Read() ? ToResource(rows) : null;
    }

    private static List<T> All<T>(SqliteDataReader rows, Func<SqliteDataReader, T> read)
    {
        var all = new List<T>();
        while (rows.Read())
            all.Add(read(rows));
        return all;
    }

    private static Resource ToResource(SqliteDataReader row) => new()
    {
        Kind = (ResourceKind)row.GetInt32(0),
        Id = row.Id(1),
        Parent = row.Id(2),
        Name = row.TextOrNull(3),
        Revision = row.GetInt64(4),
        Document = row.GetFieldValue<byte[]>(5),
    };
}
