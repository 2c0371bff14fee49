namespace Parley.Brokers;

/// <summary>What a broker raises on a node.</summary>
/// <remarks>
/// The events of one channel are raised one after the other, publications in the order of their offsets; those of different
/// channels may be raised at once. The methods do not wait for readers and do not throw. A broker must not hold a lock that
/// publishing needs while it calls them.
/// </remarks>
public interface IBrokerEvents
{
    /// <summary>A publication arrived.</summary>
    void OnPublication(string channel, Publication publication);

    /// <summary>A client joined.</summary>
    void OnJoin(string channel, ClientInfo info);

    /// <summary>A client left.</summary>
    void OnLeave(string channel, ClientInfo info);
}
