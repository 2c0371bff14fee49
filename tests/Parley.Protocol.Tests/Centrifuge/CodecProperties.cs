using System.Buffers;
using CsCheck;
using Parley.Protocol.Centrifuge;
using Parley.Specifications.Protocol;

namespace Parley.Protocol.Tests.Centrifuge;

/// <summary>What holds for any message and for any bytes, in every format.</summary>
public abstract class CodecProperties
{
    private const int Messages = 1_000;
    private const int Frames = 20_000;

    protected abstract CentrifugeCodec Codec { get; }

    /// <summary>Valid frames to begin with.</summary>
    protected abstract IEnumerable<byte[]> ValidFrames { get; }

    /// <summary>Bytes that matter in the format.</summary>
    protected abstract byte[] Alphabet { get; }

    [Fact]
    public void A_command_is_read_as_it_was_written() => MessageGenerator.Of<Command>().Sample(AssertReadBack, iter: Messages);

    [Fact]
    public void A_reply_is_read_as_it_was_written() =>
        MessageGenerator.Of<Reply>().Sample(
            reply =>
            {
                var output = new ArrayBufferWriter<byte>();
                Codec.WriteReply(output, reply);
                var frame = output.WrittenMemory;
                Assert.Equal(ReplyStatus.Reply, Codec.ReadReply(ref frame, out var read));
                Assert.True(frame.IsEmpty);
                MessageAssert.Equal(reply, read);
            },
            iter: Messages);

    [Fact]
    public void Random_bytes_are_read_or_invalid() => Gen.Byte.Array[0, 64].Sample(AssertReadsWhatItUnderstands, iter: Frames);

    [Fact]
    public void Damaged_frames_are_read_or_invalid() =>
        FrameGenerator.Mutated(ValidFrames, Alphabet).Sample(AssertReadsWhatItUnderstands, iter: Frames);

    /// <summary>Checks a command that was read against another reader of the same format.</summary>
    protected virtual void AssertUnderstood(ReadOnlyMemory<byte> bytes, Command command)
    {
    }

    private void AssertReadsWhatItUnderstands(byte[] bytes)
    {
        ReadOnlyMemory<byte> frame = bytes;
        for (var before = frame; Codec.ReadCommand(ref frame, out var command) == CommandStatus.Command; before = frame)
        {
            Assert.True(frame.Length < before.Length, "The frame goes on.");
            AssertReadBack(command!);
            AssertUnderstood(before[..^frame.Length], command!);
        }

        frame = bytes;
        while (Codec.ReadReply(ref frame, out _) == ReplyStatus.Reply) Assert.True(frame.Length < bytes.Length);
        Codec.TryReadConnectRequest(bytes, out _);
        Codec.TryReadEmulationRequest(bytes, out _);
    }

    private void AssertReadBack(Command command)
    {
        var output = new ArrayBufferWriter<byte>();
        Codec.WriteCommand(output, command);
        var frame = output.WrittenMemory;
        Assert.Equal(CommandStatus.Command, Codec.ReadCommand(ref frame, out var read));
        Assert.True(frame.IsEmpty);
        MessageAssert.Equal(command, read);
    }
}
