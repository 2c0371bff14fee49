using System.Runtime.CompilerServices;
using Parley.Client.Subscriptions;

namespace Parley.Client;

public sealed partial class Subscription
{
    private const int DefaultCapacity = 256;

    private PublicationReader[] _readers = []; // used where events are dispatched only

    /// <summary>
    /// Reads publications one by one: <c>await foreach (var publication in subscription.ReadAllAsync())</c>.
    /// </summary>
    /// <remarks>
    /// <para>
    /// The loop begins with what arrives after its first step, which also subscribes if the subscription is unsubscribed. Several loops
    /// may read at once; each gets every publication, after the handlers of <see cref="PublicationReceived"/>.
    /// </para>
    /// <para>
    /// Nothing is dropped for a slow loop. When <paramref name="capacity"/> publications wait for it, the client's events wait too, and
    /// when 1,024 of these wait, the client stops reading from the connection; the server then closes it, and the client recovers as after any
    /// other loss. So a slow loop holds up the other subscriptions of its client; give it a client of its own if they must not wait. Do
    /// not wait inside the loop for an event of the same client.
    /// </para>
    /// <para>
    /// The loop ends when the subscription is unsubscribed or the client disposed. Leaving it does not unsubscribe.
    /// </para>
    /// </remarks>
    /// <param name="capacity">Publications that may wait for the loop, at least 1. Default 256.</param>
    /// <param name="cancellationToken">Ends the loop with <see cref="OperationCanceledException"/>.</param>
    /// <exception cref="ParleyException">
    /// In the loop, after the publications that came before: the server ended the subscription, with its code; or publications were missed that
    /// the server no longer has (<see cref="ErrorCodes.UnrecoverablePosition"/>): unsubscribe, load the state anew and begin another loop,
    /// which goes on from where the subscription stood.
    /// </exception>
    public IAsyncEnumerable<Publication> ReadAllAsync(int capacity = DefaultCapacity, CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(capacity, 1);
        return ReadAsync(capacity, cancellationToken);
    }

    private async IAsyncEnumerable<Publication> ReadAsync(int capacity, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var reader = new PublicationReader(capacity);
        lock (_client.Gate)
        {
            // In order with the events: the reader knows nothing of what was posted before.
            Post(() => _readers = [.. _readers, reader]);
            Subscribe();
        }

        try
        {
            await foreach (var publication in reader.ReadAllAsync(cancellationToken).ConfigureAwait(false)) yield return publication;
        }
        finally
        {
            Post(() => _readers = [.. _readers.Where(other => other != reader)]);
        }
    }

    private async ValueTask DeliverAsync(Publication publication)
    {
        _client.Raise(PublicationReceived, this, publication);
        foreach (var reader in _readers) await reader.WriteAsync(publication).ConfigureAwait(false);
    }

    private void EndReaders(ParleyException? failure)
    {
        foreach (var reader in _readers) reader.End(failure);
        _readers = [];
    }
}
