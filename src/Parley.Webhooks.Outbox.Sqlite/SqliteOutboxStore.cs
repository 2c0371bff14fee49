using System.Data.Common;
using Microsoft.Data.Sqlite;
using Parley.Webhooks.Outbox.Storage;

namespace Parley.Webhooks.Outbox.Sqlite;

/// <summary>The outbox in a file of the application's.</summary>
internal sealed class SqliteOutboxStore(string connectionString) : SqlOutboxStore
{
    protected override async ValueTask<DbConnection> OpenAsync(CancellationToken cancellationToken)
    {
        var connection = new SqliteConnection(connectionString);
        try
        {
            await connection.OpenAsync(cancellationToken);
            return connection;
        }
        catch
        {
            await connection.DisposeAsync();
            throw;
        }
    }
}
