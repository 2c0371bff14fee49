using Parley.Webhooks.PostgreSql.Nodes;
using Parley.Webhooks.Storage;

namespace Parley.Webhooks.PostgreSql;

/// <summary>Keeps webhooks in PostgreSQL, where several nodes share the work.</summary>
internal sealed partial class PostgreSqlWebhookStore : IWebhookStore
{
    private readonly Database _database;
    private readonly TimeProvider _time;
    private readonly Days _days;
    private readonly GroupWriter<Acceptance, AcceptResult> _accepting;
    private readonly GroupWriter<Completion, bool> _completing;
    private readonly DueNotices _dueNotices;
    private NodePresence? _presence;
    private bool _isDisposed;

    public PostgreSqlWebhookStore(PostgreSqlWebhookOptions options, TimeProvider time)
    {
        _database = new Database(options.ConnectionString!, options.Schema);
        _time = time;
        _days = new Days(_database);
        _dueNotices = new DueNotices(time);
        _accepting = new GroupWriter<Acceptance, AcceptResult>(AcceptAllAsync, KeysOf, static acceptance => acceptance.Message.Payload.Length);
        _completing = new GroupWriter<Completion, bool>(CompleteAllAsync, static completion => [completion.Key], static _ => 1024);
    }

    public Database Database => _database;

    public NodePresence Presence => _presence ?? throw new InvalidOperationException("The store is not open.");

    /// <summary>Number of this node: leases carry it.</summary>
    private int Node => Presence.Node;

    public async Task OpenAsync(IStoreListener? listener = null, CancellationToken cancellationToken = default)
    {
        await new SchemaUpdate(_database).RunAsync(cancellationToken);
        await _database.RunAsync(_days.ReadAsync, cancellationToken);
        _presence = new NodePresence(_database, listener, _time);
        await _presence.StartAsync(cancellationToken);
        _accepting.Start();
        _completing.Start();
    }

    public async ValueTask DisposeAsync()
    {
        if (_isDisposed)
            return;
        _isDisposed = true;
        await _accepting.DisposeAsync();
        await _completing.DisposeAsync();
        if (_presence is not null)
            await _presence.DisposeAsync();
        await _database.DisposeAsync();
    }
}
