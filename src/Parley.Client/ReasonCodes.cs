namespace Parley.Client;

/// <summary>Codes of <see cref="ConnectingEventArgs"/> that the client makes. Those of 3000 and above come from the server.</summary>
public static class ConnectingCodes
{
    /// <summary><see cref="ParleyClient.Connect"/> was called.</summary>
    public const uint ConnectCalled = 0;

    /// <summary>The connection was lost.</summary>
    public const uint TransportClosed = 1;

    /// <summary>The server was silent for its ping interval and <see cref="ParleyClientOptions.MaxServerPingDelay"/>.</summary>
    public const uint NoPing = 2;

    /// <summary>A subscribe was not answered within <see cref="ParleyClientOptions.Timeout"/>.</summary>
    public const uint SubscribeTimeout = 3;

    /// <summary>An unsubscribe was refused or not answered.</summary>
    public const uint UnsubscribeError = 4;
}

/// <summary>Codes of <see cref="DisconnectedEventArgs"/> that the client makes. Those of 100 and above come from the server.</summary>
public static class DisconnectedCodes
{
    /// <summary><see cref="ParleyClient.Disconnect"/> was called.</summary>
    public const uint DisconnectCalled = 0;

    /// <summary>The callback for the connection token gave none.</summary>
    public const uint Unauthorized = 1;

    /// <summary>The server sent what is not the protocol.</summary>
    public const uint BadProtocol = 2;

    /// <summary>The server takes no message as large as the one that was sent.</summary>
    public const uint MessageSizeLimit = 3;
}

/// <summary>Codes of <see cref="SubscribingEventArgs"/> that the client makes. Those of 2500 and above come from the server.</summary>
public static class SubscribingCodes
{
    /// <summary><see cref="Subscription.Subscribe"/> was called.</summary>
    public const uint SubscribeCalled = 0;

    /// <summary>The connection was lost.</summary>
    public const uint TransportClosed = 1;
}

/// <summary>Codes of <see cref="UnsubscribedEventArgs"/> that the client makes. Those of 100 and above come from the server.</summary>
public static class UnsubscribedCodes
{
    /// <summary><see cref="Subscription.Unsubscribe"/> was called.</summary>
    public const uint UnsubscribeCalled = 0;

    /// <summary>The callback for the subscription token gave none.</summary>
    public const uint Unauthorized = 1;

    /// <summary>The client was disposed.</summary>
    public const uint ClientClosed = 2;
}
