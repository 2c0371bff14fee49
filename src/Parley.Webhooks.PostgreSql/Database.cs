using System.Buffers.Binary;
using System.Data.Common;
using System.Security.Cryptography;
using System.Text;
using Npgsql;
using Parley.Webhooks.Storage;

namespace Parley.Webhooks.PostgreSql;

/// <summary>Connections, and what is done again or reported when something goes wrong on one.</summary>
internal sealed class Database : IAsyncDisposable
{
    private const int MaxTries = 5;
    private const int MaxBroken = 2;
    private const int DefaultPoolSize = 20;
    private const int KeepAliveSeconds = 10;
    private const int PreparedStatements = 64;

    // The first: values decide how a statement is done, not how it was first prepared, when the tables were empty. The others: a node
    // that hangs or whose machine is gone holds its locks no longer than this.
    private const string SessionSettings = "-c plan_cache_mode=force_custom_plan -c jit=off -c idle_in_transaction_session_timeout=60s "
        + "-c tcp_keepalives_idle=10 -c tcp_keepalives_interval=5 -c tcp_keepalives_count=3";

    /// <summary>Before the second time that it is tried again: a server that was restarted needs a moment.</summary>
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(250);

    private readonly NpgsqlDataSource _source;

    public Database(string connectionString, string schema)
    {
        Schema = schema;
        var builder = new NpgsqlConnectionStringBuilder(connectionString) { SearchPath = schema };
        builder.Options = $"{builder.Options} {SessionSettings}".Trim();
        builder.ApplicationName ??= "Parley";
        if (!HasPoolSize(connectionString))
            builder.MaxPoolSize = DefaultPoolSize;
        if (builder.MaxAutoPrepare == 0)
            builder.MaxAutoPrepare = PreparedStatements;
        if (builder.KeepAlive == 0)
            builder.KeepAlive = KeepAliveSeconds;
        // Of several servers the one that writes, whichever that is after a failover.
        if (builder.Host?.Contains(',', StringComparison.Ordinal) is true)
            builder.TargetSessionAttributes ??= "primary";
        _source = new NpgsqlDataSourceBuilder(builder.ConnectionString).Build();
        Target = $"{builder.Database ?? builder.Username} on {builder.Host}";
        LockNumber = BinaryPrimitives.ReadInt32BigEndian(SHA256.HashData(Encoding.UTF8.GetBytes(schema)));
    }

    public string Schema { get; }

    /// <summary>Names the database in messages.</summary>
    public string Target { get; }

    /// <summary>Of the locks of this schema, when they are numbered by two.</summary>
    public int LockNumber { get; }

    /// <summary>Where nodes tell each other what they changed.</summary>
    public string NotificationChannel => Schema + "_changes";

    /// <summary>A lock that only one transaction has.</summary>
    public NpgsqlParameter Lock(DatabaseLock which) => Sql.Value(((long)LockNumber << 32) | (uint)which);

    /// <summary>A lock for each endpoint. That two endpoints may share one costs a wait and nothing else.</summary>
    public NpgsqlParameter LockOf(Guid endpoint)
    {
        // The half of the id that is random.
        Span<byte> bytes = stackalloc byte[16];
        endpoint.TryWriteBytes(bytes, bigEndian: true, out _);
        return Sql.Value(BinaryPrimitives.ReadInt64BigEndian(bytes[8..]) ^ LockNumber);
    }

    public async ValueTask<NpgsqlConnection> OpenAsync(CancellationToken cancellationToken) => await _source.OpenConnectionAsync(cancellationToken);

    /// <summary>Runs on a connection; again when it was ended to let others go on, so all of it must be in one transaction.</summary>
    /// <exception cref="WebhookStoreException">The database did not do it.</exception>
    public ValueTask<T> RunAsync<T>(Func<NpgsqlConnection, Task<T>> work, CancellationToken cancellationToken = default) =>
        RunAsync(work, maxBroken: 0, cancellationToken);

    /// <summary>
    /// Runs what may be done twice: again also when the connection broke, and nobody knows what became of it. All connections break
    /// when the server is restarted, and each is only noticed when it is used.
    /// </summary>
    /// <exception cref="WebhookStoreException">The database did not do it, as far as is known.</exception>
    public ValueTask<T> RepeatAsync<T>(Func<NpgsqlConnection, Task<T>> work, CancellationToken cancellationToken = default) =>
        RunAsync(work, MaxBroken, cancellationToken);

    private async ValueTask<T> RunAsync<T>(Func<NpgsqlConnection, Task<T>> work, int maxBroken, CancellationToken cancellationToken)
    {
        var broken = 0;
        for (var tried = 1; ; tried++)
        {
            try
            {
                await using var connection = await _source.OpenConnectionAsync(cancellationToken);
                return await work(connection);
            }
            catch (Exception exception) when (tried < MaxTries && PostgresErrors.IsTransient(exception))
            {
                // The others are done now, or soon.
            }
            catch (Exception exception) when (PostgresErrors.IsBroken(exception) && Forget() && broken < maxBroken)
            {
                if (++broken > 1)
                    await Task.Delay(Pause, cancellationToken);
            }
            catch (Exception exception) when (PostgresErrors.Translate(exception) is var translated && translated != exception)
            {
                throw translated;
            }
        }
    }

    /// <summary>Those that nobody uses now may be broken as well.</summary>
    private bool Forget()
    {
        _source.Clear();
        return true;
    }

    /// <summary>Runs in a transaction, which is committed when the work is done.</summary>
    public ValueTask<T> TransactAsync<T>(Func<NpgsqlConnection, Task<T>> work, CancellationToken cancellationToken = default) => RunAsync(async connection =>
    {
        await using var transaction = await connection.BeginTransactionAsync(CancellationToken.None);
        var result = await work(connection);
        await transaction.CommitAsync(CancellationToken.None);
        return result;
    }, cancellationToken);

    public ValueTask DisposeAsync() => _source.DisposeAsync();

    private static bool HasPoolSize(string connectionString) => new DbConnectionStringBuilder { ConnectionString = connectionString }.Keys.Cast<string>()
        .Any(static key => key.Replace(" ", "", StringComparison.Ordinal).ToUpperInvariant() is "MAXIMUMPOOLSIZE" or "MAXPOOLSIZE");
}

/// <summary>What only one node does at a time.</summary>
internal enum DatabaseLock : uint
{
    Migration = 1,
    Days = 2,
    Retention = 3,
    KeyRing = 4,
}
