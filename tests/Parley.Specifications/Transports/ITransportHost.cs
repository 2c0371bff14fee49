namespace Parley.Specifications.Transports;

/// <summary>A server with all transports, on a real port and a clock of the test's own.</summary>
/// <remarks>
/// Who a request is from stands in the header <see cref="TransportClient.UserHeader"/>, as a cookie would say it. Every channel may be
/// subscribed and published to, has presence, and keeps 100 publications, which are recovered.
/// </remarks>
public interface ITransportHost : IAsyncDisposable
{
    /// <summary>Where clients find it.</summary>
    Uri Address { get; }

    /// <summary>Where a node of it listens itself, if something lies in between.</summary>
    Uri NodeAddress => Address;

    /// <summary>How many nodes take new connections in turn; limits of connections are those of a node.</summary>
    int Nodes => 1;

    /// <summary>The application's side.</summary>
    IParley Parley { get; }

    /// <summary>Connections that are open.</summary>
    int Connections { get; }

    /// <summary>Requests that have come and are not over: a stream, a WebSocket, a poll that is held.</summary>
    int Requests { get; }

    /// <summary>Moves the clock on, second by second.</summary>
    void LetPass(int seconds);

    /// <summary>Stops as an operator has it stopped.</summary>
    Task StopAsync();
}
