using System.Threading.Channels;
using Parley.Webhooks.Storage;

namespace Parley.Webhooks.PostgreSql;

/// <summary>Commits together what has gathered while the commit before was on its way, in one round trip.</summary>
/// <remarks>A round trip and a sync cost the same for one write as for hundreds, so under load the cost of each falls. Nobody is answered before it.</remarks>
/// <param name="write">Writes all or none of them, in one transaction.</param>
/// <param name="keysOf">What no two of one transaction may have in common, because each must see what came of the other.</param>
/// <param name="sizeOf">Bytes that one carries.</param>
internal sealed class GroupWriter<TWrite, TResult>(
    Func<IReadOnlyList<TWrite>, Task<IReadOnlyList<TResult>>> write, Func<TWrite, IEnumerable<object>> keysOf, Func<TWrite, int> sizeOf) : IAsyncDisposable
{
    private const int MaxQueued = 20_000;
    private const int MaxGathered = 500;
    private const int MaxBytes = 8 * 1024 * 1024;

    private readonly Channel<Queued> _queue = Channel.CreateBounded<Queued>(new BoundedChannelOptions(MaxQueued) { SingleReader = true });
    private readonly HashSet<object> _keys = [];
    private Task _working = Task.CompletedTask;

    public void Start() => _working = Task.Run(WorkAsync);

    /// <exception cref="WebhookStoreException">It did not happen.</exception>
    public async ValueTask<TResult> RunAsync(TWrite item, CancellationToken cancellationToken)
    {
        var queued = new Queued(item);
        try
        {
            await _queue.Writer.WriteAsync(queued, cancellationToken);
        }
        catch (ChannelClosedException)
        {
            throw new WebhookStoreException(WebhookStoreProblem.Unavailable, "The store is closed.");
        }

        // Once it is queued it happens, so whoever asked learns what came of it.
        return await queued.Done.Task;
    }

    /// <summary>Writes what is queued and ends.</summary>
    public async ValueTask DisposeAsync()
    {
        _queue.Writer.TryComplete();
        await _working;
    }

    private async Task WorkAsync()
    {
        var gathered = new List<Queued>(MaxGathered);
        while (await _queue.Reader.WaitToReadAsync())
        {
            Gather(gathered);
            await CommitAsync(gathered);
            gathered.Clear();
        }
    }

    private void Gather(List<Queued> gathered)
    {
        _keys.Clear();
        var bytes = 0;
        while (gathered.Count < MaxGathered && bytes < MaxBytes && _queue.Reader.TryPeek(out var next))
        {
            if (!keysOf(next.Item).All(_keys.Add))
                return; // the next transaction begins with it
            bytes += sizeOf(next.Item);
            _queue.Reader.TryRead(out _);
            gathered.Add(next);
        }
    }

    private async Task CommitAsync(List<Queued> queued)
    {
        IReadOnlyList<TResult> results;
        try
        {
            results = await write([.. queued.Select(static one => one.Item)]);
        }
        catch (Exception exception) when (queued.Count == 1 || !PostgresErrors.IsOfTheData(exception))
        {
            foreach (var one in queued)
                one.Done.TrySetException(exception);
            return;
        }
        catch (Exception)
        {
            // One of them cannot be done; the others are not to suffer for it.
            var half = queued.Count / 2;
            await CommitAsync(queued[..half]);
            await CommitAsync(queued[half..]);
            return;
        }

        for (var index = 0; index < queued.Count; index++)
            queued[index].Done.TrySetResult(results[index]);
    }

    private sealed record Queued(TWrite Item)
    {
        public TaskCompletionSource<TResult> Done { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
