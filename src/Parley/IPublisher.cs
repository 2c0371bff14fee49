using Parley.Brokers;

namespace Parley;

/// <summary>Publishes to channels.</summary>
/// <remarks>Thread-safe. No call waits for readers.</remarks>
public interface IPublisher
{
    /// <summary>Publishes to a channel.</summary>
    /// <param name="channel">1 to 255 bytes of UTF-8; its namespace is configured.</param>
    /// <param name="data">One JSON value, or any bytes where all readers speak Protobuf. Copied.</param>
    /// <param name="options">Null: none.</param>
    /// <param name="cancellationToken">Ends the wait for the broker; whether it published is then unknown.</param>
    /// <exception cref="ParleyException">102 unknown namespace, 107 empty data or bad channel name.</exception>
    /// <exception cref="BrokerUnavailableException">The broker did not take it, or may not have.</exception>
    ValueTask<PublishResult> PublishAsync(
        string channel, ReadOnlyMemory<byte> data, PublishOptions? options = null, CancellationToken cancellationToken = default);

    /// <summary>Publishes the same data to many channels; each succeeds or fails by itself.</summary>
    /// <returns>One result per channel, in order.</returns>
    ValueTask<IReadOnlyList<BroadcastResult>> BroadcastAsync(
        IReadOnlyList<string> channels, ReadOnlyMemory<byte> data, PublishOptions? options = null,
        CancellationToken cancellationToken = default);
}
