using System.IO.Pipelines;
using System.Runtime.InteropServices;
using Parley.AspNetCore.Transports.Sending;

namespace Parley.AspNetCore.Tests.Transports.Sending;

public sealed class PipeFrameOutputTests : IDisposable
{
    private readonly WrittenPieces _stream = new();
    private readonly PipeFrameOutput _output;

    public PipeFrameOutputTests() => _output = new PipeFrameOutput(PipeWriter.Create(_stream));

    public void Dispose() => _stream.Dispose();

    [Fact]
    public async Task A_frame_that_is_alone_goes_to_the_stream_from_its_array()
    {
        byte[] frame = [1, 2, 3];

        _output.Write(frame);
        await _output.FlushAsync();

        Assert.True(MemoryMarshal.TryGetArray(Assert.Single(_stream.Pieces), out var array));
        Assert.Same(frame, array.Array);
    }

    [Fact]
    public async Task Frames_that_wait_go_to_the_stream_in_one_piece_and_in_order()
    {
        _output.Write([1, 2, 3]);
        _output.Write([4]);
        _output.Write([5, 6]);
        await _output.FlushAsync();

        Assert.Equal([1, 2, 3, 4, 5, 6], Assert.Single(_stream.Bytes));
    }

    [Fact]
    public async Task Frames_are_sent_once()
    {
        _output.Write([1]);
        _output.Write([2]);
        await _output.FlushAsync();
        await _output.FlushAsync();
        _output.Write([3]);
        await _output.FlushAsync();
        await _output.FlushAsync();
        _output.Write([4]);
        await _output.FlushAsync();

        Assert.Equal([[1, 2], [3], [4]], _stream.Bytes);
    }

    [Fact]
    public async Task Connections_with_the_same_frames_waiting_all_get_them()
    {
        using var others = new WrittenPieces();
        var other = new PipeFrameOutput(PipeWriter.Create(others));
        byte[] first = [1];
        byte[] second = [2];
        foreach (var output in new[] { _output, other })
        {
            output.Write(first);
            output.Write(second);
        }

        await _output.FlushAsync();
        await other.FlushAsync();

        Assert.Equal(_stream.Bytes, others.Bytes);
        Assert.Equal([1, 2], Assert.Single(others.Bytes));
    }

    /// <summary>Keeps what is written to it.</summary>
    private sealed class WrittenPieces : MemoryStream
    {
        public List<ReadOnlyMemory<byte>> Pieces { get; } = [];

        /// <summary>As they were when they were written.</summary>
        public List<byte[]> Bytes { get; } = [];

        public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
        {
            Pieces.Add(buffer);
            Bytes.Add(buffer.ToArray());
            return default;
        }
    }
}
