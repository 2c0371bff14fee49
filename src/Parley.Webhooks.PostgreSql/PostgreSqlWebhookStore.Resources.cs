using Npgsql;
using Parley.Webhooks.PostgreSql.Nodes;
using Parley.Webhooks.Storage;

namespace Parley.Webhooks.PostgreSql;

internal sealed partial class PostgreSqlWebhookStore
{
    private const string ResourceColumns = "kind, id, parent, name, revision, document";

    public async ValueTask<Resource?> ReadAsync(ResourceKind kind, Guid id, CancellationToken cancellationToken = default) =>
        (await ListAsync($"SELECT {ResourceColumns} FROM resources WHERE kind = $1 AND id = $2", ToResource,
            [Sql.Value((short)kind), Sql.Value(id)], cancellationToken)).SingleOrDefault();

    public async ValueTask<Resource?> FindAsync(ResourceKind kind, Guid parent, string name, CancellationToken cancellationToken = default) =>
        (await ListAsync($"SELECT {ResourceColumns} FROM resources WHERE kind = $1 AND parent = $2 AND name = $3", ToResource,
            [Sql.Value((short)kind), Sql.Value(parent), Sql.Value(name)], cancellationToken)).SingleOrDefault();

    public async ValueTask<Resource?> FindKeyAsync(string name, CancellationToken cancellationToken = default) =>
        (await ListAsync($"SELECT {ResourceColumns} FROM resources WHERE kind = 5 AND name = $1", ToResource, [Sql.Value(name)], cancellationToken)).SingleOrDefault();

    public async ValueTask<IReadOnlyList<Resource>> ListAsync(
        ResourceKind kind, Guid parent, Guid after, int limit, CancellationToken cancellationToken = default) =>
        await ListAsync($"SELECT {ResourceColumns} FROM resources WHERE kind = $1 AND parent = $2 AND id > $3 ORDER BY id LIMIT $4", ToResource,
            [Sql.Value((short)kind), Sql.Value(parent), Sql.Value(after), Sql.Value(limit)], cancellationToken);

    public async ValueTask<IReadOnlyList<Resource>> ListAllAsync(ResourceKind kind, Guid after, int limit, CancellationToken cancellationToken = default) =>
        await ListAsync($"SELECT {ResourceColumns} FROM resources WHERE kind = $1 AND id > $2 ORDER BY id LIMIT $3", ToResource,
            [Sql.Value((short)kind), Sql.Value(after), Sql.Value(limit)], cancellationToken);

    public async ValueTask<IReadOnlyList<Resource>> ListNamedAsync(ResourceKind kind, Guid after, int limit, CancellationToken cancellationToken = default) =>
        await ListAsync($"SELECT {ResourceColumns} FROM resources WHERE kind = $1 AND name IS NOT NULL AND id > $2 ORDER BY id LIMIT $3", ToResource,
            [Sql.Value((short)kind), Sql.Value(after), Sql.Value(limit)], cancellationToken);

    public async ValueTask<ResourceWrite> WriteAsync(
        IReadOnlyList<ResourceChange> changes, Acceptance? notice = null, CancellationToken cancellationToken = default)
    {
        if (notice is not null)
            await _days.EnsureAsync([notice.Message.Id]);
        return await _database.RunAsync(async connection =>
        {
            await using var transaction = await connection.BeginTransactionAsync(CancellationToken.None);
            var changed = new List<ChangedResource>();
            foreach (var change in changes)
            {
                var write = await ChangeAsync(connection, change, changed);
                if (write is not ResourceWrite.Done)
                    return write; // and nothing is committed
            }

            await TellAsync(connection, [.. changed.Where(static one => one.Kind is not (ResourceKind.Idempotency or ResourceKind.Probe)).Select(one => one.ToNotification(Node))]);
            if (notice is not null)
                await AcceptNoticeAsync(connection, notice);
            await transaction.CommitAsync(CancellationToken.None);
            return ResourceWrite.Done;
        }, cancellationToken);
    }

    private static async Task<ResourceWrite> ChangeAsync(NpgsqlConnection connection, ResourceChange change, List<ChangedResource> changed)
    {
        if (change is not { Action: ResourceAction.Add or ResourceAction.Replace, Resource: { } resource })
            return await RemoveAsync(connection, change.Kind, change.Id, changed);
        changed.Add(new ChangedResource(resource.Kind, resource.Id, resource.Parent, resource.Name));
        return change.Action is ResourceAction.Add ? await AddAsync(connection, resource, change.Most) : await ReplaceAsync(connection, resource);
    }

    private static async Task<ResourceWrite> AddAsync(NpgsqlConnection connection, Resource resource, int? most)
    {
        // Locked, so that it is not removed meanwhile; and where they are counted, so that one is added after the other.
        var mode = most is null ? "FOR KEY SHARE" : "FOR NO KEY UPDATE";
        if (resource.Parent != Guid.Empty
            && await connection.ValueAsync<int>($"SELECT 1 FROM resources WHERE kind = 1 AND id = $1 {mode}", Sql.Value(resource.Parent)) == 0)
        {
            return ResourceWrite.Missing;
        }

        if (most is not null && await connection.ValueAsync<long>(
            "SELECT count(*) FROM resources WHERE kind = $1 AND parent = $2", Sql.Value((short)resource.Kind), Sql.Value(resource.Parent)) >= most)
        {
            return ResourceWrite.Full;
        }

        return await connection.RunAsync(
            "INSERT INTO resources (kind, id, parent, name, revision, document) VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT DO NOTHING", ColumnsOf(resource)) == 1
            ? ResourceWrite.Done
            : ResourceWrite.NameTaken;
    }

    private static async Task<ResourceWrite> ReplaceAsync(NpgsqlConnection connection, Resource resource)
    {
        try
        {
            if (await connection.RunAsync(
                "UPDATE resources SET parent = $3, name = $4, revision = $5, document = $6 WHERE kind = $1 AND id = $2 AND revision = $5 - 1",
                ColumnsOf(resource)) == 1)
            {
                return ResourceWrite.Done;
            }
        }
        catch (PostgresException exception) when (exception.SqlState == PostgresErrorCodes.UniqueViolation)
        {
            return ResourceWrite.NameTaken;
        }

        return await connection.ValueAsync<int>("SELECT 1 FROM resources WHERE kind = $1 AND id = $2", Sql.Value((short)resource.Kind), Sql.Value(resource.Id)) == 1
            ? ResourceWrite.Changed
            : ResourceWrite.Missing;
    }

    private static async Task<ResourceWrite> RemoveAsync(NpgsqlConnection connection, ResourceKind kind, Guid id, List<ChangedResource> changed)
    {
        var removed = await connection.ListAsync(
            "DELETE FROM resources WHERE kind = $1 AND id = $2 RETURNING parent, name",
            row => new ChangedResource(kind, id, row.GetGuid(0), row.TextOrNull(1)), Sql.Value((short)kind), Sql.Value(id));
        if (removed.Count == 0)
            return ResourceWrite.Missing;
        changed.AddRange(removed);
        // After it is locked, so that what was added below it a moment ago is seen.
        if (kind is ResourceKind.Application)
            await connection.RunAsync("DELETE FROM resources WHERE parent = $1", Sql.Value(id));
        return ResourceWrite.Done;
    }

    private static NpgsqlParameter[] ColumnsOf(Resource resource) =>
    [
        Sql.Value((short)resource.Kind),
        Sql.Value(resource.Id),
        Sql.Value(resource.Parent),
        Sql.Value(resource.Name),
        Sql.Value(resource.Revision),
        Sql.Value(resource.Document.ToArray()),
    ];

    private static Resource ToResource(NpgsqlDataReader row) => new()
    {
        Kind = (ResourceKind)row.GetInt16(0),
        Id = row.GetGuid(1),
        Parent = row.GetGuid(2),
        Name = row.TextOrNull(3),
        Revision = row.GetInt64(4),
        Document = row.GetFieldValue<byte[]>(5),
    };
}
