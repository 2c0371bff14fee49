namespace Parley.AspNetCore.Sockets;

/// <summary>A socket that was taken out of the web server.</summary>
/// <param name="Socket">The socket, for whose end its new owner cares.</param>
/// <param name="Early">What its client sent before.</param>
internal readonly record struct TakenSocket(LoopSocket Socket, ReadOnlyMemory<byte> Early);
