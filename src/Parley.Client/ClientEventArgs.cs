namespace Parley.Client;

/// <summary>The client began to connect, or lost its connection and will be back by itself.</summary>
/// <param name="Code">One of <see cref="ConnectingCodes"/>, or the server's disconnect code.</param>
/// <param name="Reason">For people.</param>
public sealed record ConnectingEventArgs(uint Code, string Reason);

/// <summary>The server accepted the session.</summary>
/// <param name="Client">Id of the session.</param>
/// <param name="Transport">What carries it.</param>
/// <param name="ServerVersion">As the server calls itself.</param>
/// <param name="Data">From the application; empty when nothing.</param>
public sealed record ConnectedEventArgs(string Client, ClientTransport Transport, string ServerVersion, ReadOnlyMemory<byte> Data);

/// <summary>The client gave up: it connects again only when told to.</summary>
/// <param name="Code">One of <see cref="DisconnectedCodes"/>, or the server's error or disconnect code.</param>
/// <param name="Reason">For people.</param>
public sealed record DisconnectedEventArgs(uint Code, string Reason);

/// <summary>Something failed that the client goes on from by itself, or a handler of the application threw.</summary>
/// <param name="Exception">A <see cref="ParleyException"/>, with the cause inside.</param>
public sealed record ErrorEventArgs(ParleyException Exception);

/// <summary>The server sent a message that belongs to no channel.</summary>
/// <param name="Data">The payload.</param>
public sealed record MessageEventArgs(ReadOnlyMemory<byte> Data);
