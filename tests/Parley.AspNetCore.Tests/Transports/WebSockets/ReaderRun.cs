using System.Buffers;
using Parley.AspNetCore.Transports.WebSockets;

namespace Parley.AspNetCore.Tests.Transports.WebSockets;

/// <summary>Feeds a frame reader as a pipe would, and writes down what it finds as text that can be compared.</summary>
internal sealed class ReaderRun(int maxMessageBytes = 1 << 20)
{
    private WebSocketFrameReader _reader;
    private bool _isMade;
    private byte[] _rest = [];

    public CountingPool Pool { get; } = new();

    public List<string> Found { get; } = [];

    /// <summary>Bytes left in the input after the last piece.</summary>
    public int Waiting => _rest.Length;

    /// <summary>Gives the reader one more piece of input behind what it left of the last.</summary>
    /// <param name="piece">The bytes that arrived.</param>
    /// <param name="segmentLengths">How the input lies in memory; empty: in one segment.</param>
    public ReaderRun Feed(ReadOnlySpan<byte> piece, params ReadOnlySpan<int> segmentLengths)
    {
        if (!_isMade) _reader = new WebSocketFrameReader(maxMessageBytes, Pool);
        _isMade = true;

        byte[] bytes = [.. _rest, .. piece];
        var input = segmentLengths.IsEmpty ? new ReadOnlySequence<byte>(bytes) : Segments.Of(bytes, segmentLengths);
        while (_reader.TryRead(ref input, out var found))
        {
            Found.Add(found.Kind switch
            {
                WebSocketEventKind.Message => $"message {Convert.ToHexString(found.Payload.Span)}",
                WebSocketEventKind.Ping => $"ping {Convert.ToHexString(found.Payload.Span)}",
                WebSocketEventKind.Pong => "pong",
                WebSocketEventKind.Close => $"close {found.Code}",
                _ => $"fault {found.Code} {found.Reason}",
            });
        }

        _reader.ReleaseMessage();
        _rest = input.ToArray();
        return this;
    }

    public void Discard() => _reader.Discard();

    public void Dispose() => _reader.Dispose();
}
