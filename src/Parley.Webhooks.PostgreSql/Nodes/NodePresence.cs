using Npgsql;
using Parley.Webhooks.Storage;

namespace Parley.Webhooks.PostgreSql.Nodes;

/// <summary>A connection that shows the other nodes that this one lives, and hears what they tell.</summary>
/// <remarks>
/// It holds a lock with the node's number. When the process ends, however it ends, the database lets go of the lock, and the others
/// take over the deliveries that are leased to the number, long before the leases run out.
/// </remarks>
internal sealed class NodePresence : IAsyncDisposable
{
    private static readonly TimeSpan ShortestPause = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(5);

    private readonly Database _database;
    private readonly IStoreListener? _listener;
    private readonly TimeProvider _time;
    private readonly DeadNodes _deadNodes;
    private readonly CancellationTokenSource _stopping = new();
    private Task _listening = Task.CompletedTask;
    private ITimer? _timer;

    public NodePresence(Database database, IStoreListener? listener, TimeProvider time)
    {
        (_database, _listener, _time) = (database, listener, time);
        _deadNodes = new DeadNodes(database, listener, time);
    }

    /// <summary>Unique among all that there ever were.</summary>
    public int Node { get; private set; }

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        Node = (int)await _database.RunAsync(connection => connection.ValueAsync<long>("SELECT nextval('node_numbers')"), cancellationToken);
        var connection = await _database.RunAsync(_ => ConnectAsync(), cancellationToken);
        _listening = Task.Run(() => ListenAsync(connection), CancellationToken.None);
        _timer = _time.CreateTimer(_ => _ = _deadNodes.TryRunAsync(Node), null, DeadNodes.Interval, DeadNodes.Interval);
    }

    public async ValueTask DisposeAsync()
    {
        if (_timer is not null)
            await _timer.DisposeAsync();
        await _stopping.CancelAsync();
        await _listening;
        if (Node > 0)
            await _deadNodes.TryReleaseAsync(Node, Node);
        _stopping.Dispose();
    }

    private async Task ListenAsync(NpgsqlConnection connection)
    {
        var pause = ShortestPause;
        while (true)
        {
            try
            {
                await using (connection)
                {
                    while (true)
                        await connection.WaitAsync(_stopping.Token);
                }
            }
            catch (Exception exception) when (exception is NpgsqlException or OperationCanceledException or IOException or InvalidOperationException)
            {
                // Changes are not heard from now on, so nothing that is known can be trusted.
                if (!_stopping.IsCancellationRequested)
                    _listener?.Lost();
            }

            while (true)
            {
                if (_stopping.IsCancellationRequested)
                    return;
                try
                {
                    await Task.Delay(pause, _time, _stopping.Token);
                    connection = await ConnectAsync();
                    break;
                }
                catch (Exception exception) when (exception is NpgsqlException or OperationCanceledException)
                {
                    pause = pause * 2 < LongestPause ? pause * 2 : LongestPause;
                }
            }

            pause = ShortestPause;
            _listener?.Lost();
        }
    }

    private async Task<NpgsqlConnection> ConnectAsync()
    {
        var connection = await _database.OpenAsync(_stopping.Token);
        try
        {
            connection.Notification += (_, notification) => Hear(notification.Payload);
            // Waits for a connection of this node that broke here and that the database has not noticed yet.
            await connection.RunAsync("SELECT pg_advisory_lock($1, $2)", Sql.Value(_database.LockNumber), Sql.Value(Node));
            await connection.RunAsync("INSERT INTO nodes (node, name, started_at) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING",
                Sql.Value(Node), Sql.Value(Environment.MachineName), Sql.Value(_time.GetUtcNow()));
            await connection.RunAsync($"LISTEN {_database.NotificationChannel}");
            return connection;
        }
        catch
        {
            await connection.DisposeAsync();
            throw;
        }
    }

    private void Hear(string text)
    {
        if (_listener is not null)
            Notification.Pass(text, Node, _listener);
    }
}
