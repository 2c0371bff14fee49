using System.Threading.Channels;

namespace Parley.Client.Subscriptions;

/// <summary>Publications on their way to one loop of the application.</summary>
internal sealed class PublicationReader(int capacity) : IDisposable
{
    private readonly Channel<Publication> _publications = Channel.CreateBounded<Publication>(
        new BoundedChannelOptions(capacity) { SingleReader = true, SingleWriter = true });

    private readonly CancellationTokenSource _left = new();

    public IAsyncEnumerable<Publication> ReadAllAsync(CancellationToken cancellationToken) =>
        _publications.Reader.ReadAllAsync(cancellationToken);

    /// <summary>Waits for room; nothing happens when the loop was left.</summary>
    public async ValueTask WriteAsync(Publication publication)
    {
        if (_publications.Writer.TryWrite(publication)) return;
        try
        {
            await _publications.Writer.WriteAsync(publication, _left.Token).ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is OperationCanceledException or ChannelClosedException)
        {
            // Left, or ended.
        }
    }

    /// <summary>The loop ends when it has read what came before.</summary>
    public void End(ParleyException? failure) => _publications.Writer.TryComplete(failure);

    /// <summary>The loop was left.</summary>
    public void Dispose()
    {
        _left.Cancel();
        _publications.Writer.TryComplete();
    }
}
