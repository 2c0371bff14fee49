using Parley.Protocol.Centrifuge;

namespace Parley.Specifications.Protocol;

public abstract partial class ClientProtocolSpecification
{
    /// <summary>A command "unsubscribe" with fields that no schema knows, of every type, at every level.</summary>
    protected abstract byte[] UnsubscribeWithUnknownFields { get; }

    /// <summary>Frames that hold no command, by what is wrong with them.</summary>
    protected abstract IReadOnlyDictionary<string, byte[]> Faults { get; }

    [Fact]
    public void A_frame_of_many_commands_is_read_in_order()
    {
        ReadOnlyMemory<byte> frame = Join(Commands.Values);

        foreach (var name in Commands.Keys)
        {
            Assert.Equal(CommandStatus.Command, Codec.ReadCommand(ref frame, out var command));
            MessageAssert.Equal(CommandCases.All[name], command);
        }

        Assert.Equal(CommandStatus.End, Codec.ReadCommand(ref frame, out _));
    }

    [Fact]
    public void A_frame_of_many_replies_is_read_in_order()
    {
        ReadOnlyMemory<byte> frame = Join(Replies.Values);

        foreach (var name in Replies.Keys)
        {
            Assert.Equal(ReplyStatus.Reply, Codec.ReadReply(ref frame, out var reply));
            MessageAssert.Equal(ReplyCases.All[name], reply);
        }

        Assert.Equal(ReplyStatus.End, Codec.ReadReply(ref frame, out _));
    }

    [Fact]
    public void An_empty_frame_ends_at_once()
    {
        var frame = ReadOnlyMemory<byte>.Empty;

        Assert.Equal(CommandStatus.End, Codec.ReadCommand(ref frame, out _));
        Assert.Equal(ReplyStatus.End, Codec.ReadReply(ref frame, out _));
    }

    [Fact]
    public void A_frame_cut_anywhere_gives_whole_commands_only()
    {
        var whole = Join(Commands.Values);
        for (var length = 0; length < whole.Length; length++)
        {
            ReadOnlyMemory<byte> frame = whole.AsMemory(0, length);
            foreach (var name in Commands.Keys)
            {
                var before = frame;
                var status = Codec.ReadCommand(ref frame, out var command);
                if (status == CommandStatus.Command)
                {
                    MessageAssert.Equal(CommandCases.All[name], command);
                    continue;
                }

                Assert.Null(command);
                Assert.Equal(before, frame);
                Assert.Equal(before.IsEmpty ? CommandStatus.End : CommandStatus.Invalid, status);
                break;
            }

            Assert.False(frame.Length == length && length >= Commands["pong"].Length, "The first command is whole.");
        }
    }

    [Fact]
    public void Unknown_fields_are_passed_over()
    {
        ReadOnlyMemory<byte> frame = UnsubscribeWithUnknownFields;

        Assert.Equal(CommandStatus.Command, Codec.ReadCommand(ref frame, out var command));

        MessageAssert.Equal(CommandCases.All["unsubscribe"], command);
    }

    [Fact]
    public void A_fault_is_invalid_and_leaves_the_frame_alone()
    {
        foreach (var (fault, bytes) in Faults)
        {
            ReadOnlyMemory<byte> frame = bytes;

            var status = Codec.ReadCommand(ref frame, out var command);

            Assert.True(status == CommandStatus.Invalid, $"{fault} gave {status}.");
            Assert.Null(command);
            Assert.Equal(bytes, frame);
        }
    }

    [Fact]
    public void Commands_before_a_fault_stand()
    {
        foreach (var (fault, bytes) in Faults)
        {
            ReadOnlyMemory<byte> frame = Join([Commands["publish"], bytes]);

            Assert.Equal(CommandStatus.Command, Codec.ReadCommand(ref frame, out var command));
            MessageAssert.Equal(CommandCases.All["publish"], command);
            Assert.True(Codec.ReadCommand(ref frame, out _) == CommandStatus.Invalid, fault);
        }
    }

    [Fact]
    public void A_filter_has_at_most_31_levels()
    {
        Assert.Equal(CommandStatus.Command, ReadFilter(levels: 31));
        Assert.Equal(CommandStatus.Invalid, ReadFilter(levels: 32));
        Assert.Equal(CommandStatus.Invalid, ReadFilter(levels: 10_000));
    }

    [Fact]
    public void Payloads_are_slices_of_what_was_received()
    {
        ReadOnlyMemory<byte> whole = Commands["publish"];
        var frame = whole;

        Codec.ReadCommand(ref frame, out var command);

        Assert.True(whole.Span.Overlaps(command!.Publish!.Data.Span));
    }

    private CommandStatus ReadFilter(int levels)
    {
        var filter = new FilterNode { Op = "", Vals = ["v"] };
        for (var i = 1; i < levels; i++) filter = new FilterNode { Op = "not", Nodes = [filter] };
        ReadOnlyMemory<byte> frame = Write(output => Codec.WriteCommand(output, new() { Id = 1, Subscribe = new() { Tf = filter } }));
        return Codec.ReadCommand(ref frame, out _);
    }
}
