namespace Parley.Client;

/// <summary>Where a <see cref="ParleyClient"/> stands.</summary>
public enum ClientState
{
    /// <summary>Not connected, and not trying: before the first connect, after <see cref="ParleyClient.Disconnect"/>, or refused for good.</summary>
    Disconnected,

    /// <summary>Opening a connection, or waiting to try again.</summary>
    Connecting,

    /// <summary>The server has accepted the session.</summary>
    Connected,
}
