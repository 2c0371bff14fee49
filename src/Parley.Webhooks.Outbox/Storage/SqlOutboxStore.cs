using System.Data.Common;

namespace Parley.Webhooks.Outbox.Storage;

/// <summary>The outbox by plain SQL.</summary>
internal abstract class SqlOutboxStore : IOutboxStore
{
    public async ValueTask<IReadOnlyList<OutboxRow>> ReadAsync(OutboxQuery query, CancellationToken cancellationToken)
    {
        await using var connection = await OpenAsync(cancellationToken);
        await using var command = Create(connection, OutboxSql.Select(query.HeldApplications.Count));
        OutboxSql.Set(command, "limit", query.Limit);
        foreach (var (index, application) in query.HeldApplications.Index())
            OutboxSql.Set(command, $"h{index}", application);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var rows = new List<OutboxRow>();
        for (var bytes = 0; bytes <= query.MaxBytes && await reader.ReadAsync(cancellationToken); bytes += rows[^1].Payload.Length)
            rows.Add(OutboxSql.Read(reader));
        return rows;
    }

    public async ValueTask CompleteAsync(IReadOnlyList<OutboxRow> sent, IReadOnlyList<OutboxTrouble> troubles, CancellationToken cancellationToken)
    {
        if (sent.Count + troubles.Count == 0)
            return;

        await using var connection = await OpenAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        if (sent.Count > 0)
        {
            await using var delete = Create(connection, OutboxSql.Delete(sent.Count), transaction);
            foreach (var (index, row) in sent.Index())
                OutboxSql.Set(delete, $"n{index}", row.Number);
            await delete.ExecuteNonQueryAsync(cancellationToken);
        }

        foreach (var trouble in troubles)
        {
            await using var fail = Create(connection, OutboxSql.Fail, transaction);
            OutboxSql.Set(fail, "number", trouble.Row.Number);
            OutboxSql.Set(fail, "attempts", trouble.Attempts);
            OutboxSql.Set(fail, "due_at", trouble.DueAt);
            OutboxSql.Set(fail, "error", trouble.Error);
            OutboxSql.Set(fail, "failed_at", trouble.FailedAt);
            await fail.ExecuteNonQueryAsync(cancellationToken);
        }

        await transaction.CommitAsync(cancellationToken);
    }

    public async ValueTask<bool> TryLeaseAsync(string owner, long now, long until, CancellationToken cancellationToken)
    {
        await using var connection = await OpenAsync(cancellationToken);
        await using var command = Create(connection, OutboxSql.TakeLease);
        OutboxSql.Set(command, "name", OutboxNames.Lease);
        OutboxSql.Set(command, "owner", owner);
        OutboxSql.Set(command, "until", until);
        OutboxSql.Set(command, "now", now);
        return await command.ExecuteNonQueryAsync(cancellationToken) == 1;
    }

    public async ValueTask ReleaseAsync(string owner, CancellationToken cancellationToken)
    {
        await using var connection = await OpenAsync(cancellationToken);
        await using var command = Create(connection, OutboxSql.ReleaseLease);
        OutboxSql.Set(command, "name", OutboxNames.Lease);
        OutboxSql.Set(command, "owner", owner);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    public async ValueTask<OutboxBacklog> MeasureAsync(CancellationToken cancellationToken)
    {
        await using var connection = await OpenAsync(cancellationToken);
        await using var command = Create(connection, OutboxSql.Measure);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        await reader.ReadAsync(cancellationToken);
        return new OutboxBacklog(reader.GetInt64(0), reader.GetInt64(1), OutboxSql.TimeOrNull(reader, 2));
    }

    public virtual Task ListenAsync(Action wake, CancellationToken cancellationToken) => Task.CompletedTask;

    protected abstract ValueTask<DbConnection> OpenAsync(CancellationToken cancellationToken);

    private static DbCommand Create(DbConnection connection, string sql, DbTransaction? transaction = null)
    {
        var command = connection.CreateCommand();
        command.CommandText = sql;
        command.Transaction = transaction;
        return command;
    }
}
