using System.Buffers;
using Parley.Protocol.Centrifuge;
using Wire = Parley.Protocol.Centrifuge;

namespace Parley.Specifications.Protocol;

/// <summary>What every format of the client protocol does.</summary>
public abstract partial class ClientProtocolSpecification
{
    public static TheoryData<string> CommandNames { get; } = [.. CommandCases.All.Keys];

    public static TheoryData<string> ReplyNames { get; } = [.. ReplyCases.All.Keys];

    public static TheoryData<string> PushNames { get; } = [.. PushCases.All.Keys];

    protected abstract CentrifugeCodec Codec { get; }

    /// <summary>The bytes of each of <see cref="CommandCases"/>, written by hand from the protocol's description.</summary>
    protected abstract IReadOnlyDictionary<string, byte[]> Commands { get; }

    /// <summary>The bytes of each of <see cref="ReplyCases"/>.</summary>
    protected abstract IReadOnlyDictionary<string, byte[]> Replies { get; }

    /// <summary>The bytes of each of <see cref="PushCases"/>, as they go on a unidirectional transport.</summary>
    protected abstract IReadOnlyDictionary<string, byte[]> Pushes { get; }

    /// <summary>A frame of messages.</summary>
    protected abstract byte[] Join(IEnumerable<byte[]> messages);

    [Theory]
    [MemberData(nameof(ReplyNames))]
    public void WriteReply_gives_the_bytes_of_the_protocol(string name) =>
        AssertBytes(Replies[name], Write(output => Codec.WriteReply(output, ReplyCases.All[name])));

    [Theory]
    [MemberData(nameof(PushNames))]
    public void WritePush_gives_the_bytes_of_the_protocol(string name) =>
        AssertBytes(Pushes[name], Write(output => Codec.WritePush(output, PushCases.All[name])));

    [Fact]
    public void Publications_that_were_written_before_stand_in_a_subscribe_result_as_those_that_are_written_with_it()
    {
        var reply = ReplyCases.All["subscribe with recovery"];
        var result = reply.Subscribe!;
        var shared = new SubscribeResult
        {
            Recoverable = result.Recoverable,
            Epoch = result.Epoch,
            WrittenPublications = WriteForResults(result.Publications!),
            Recovered = result.Recovered,
            Offset = result.Offset,
            Positioned = result.Positioned,
            WasRecovering = result.WasRecovering,
        };

        AssertBytes(Replies["subscribe with recovery"], Write(output => Codec.WriteReply(output, new() { Id = reply.Id, Subscribe = shared })));
    }

    [Fact]
    public void No_member_of_a_publication_that_was_written_before_is_lost_on_the_way()
    {
        Wire.Publication[] publications = [MessageFiller.Fill<Wire.Publication>(), new(), MessageFiller.Fill<Wire.Publication>()];
        var connect = new ConnectResult
        {
            Subs = new Dictionary<string, SubscribeResult> { ["news"] = new() { WrittenPublications = WriteForResults(publications), Offset = 3 } },
        };
        ReadOnlyMemory<byte> frame = Write(output => Codec.WriteReply(output, new() { Id = 1, Connect = connect }));

        Assert.Equal(ReplyStatus.Reply, Codec.ReadReply(ref frame, out var read));

        MessageAssert.Equal(publications, read!.Connect!.Subs!["news"].Publications);
        Assert.Equal(3UL, read.Connect.Subs["news"].Offset);
    }

    [Theory]
    [MemberData(nameof(CommandNames))]
    public void WriteCommand_gives_the_bytes_of_the_protocol(string name) =>
        AssertBytes(Commands[name], Write(output => Codec.WriteCommand(output, CommandCases.All[name])));

    [Theory]
    [MemberData(nameof(CommandNames))]
    public void ReadCommand_reads_all_that_the_bytes_say(string name)
    {
        ReadOnlyMemory<byte> frame = Commands[name];

        Assert.Equal(CommandStatus.Command, Codec.ReadCommand(ref frame, out var command));

        MessageAssert.Equal(CommandCases.All[name], command);
        Assert.True(frame.IsEmpty);
        Assert.Equal(CommandStatus.End, Codec.ReadCommand(ref frame, out command));
        Assert.Null(command);
    }

    [Theory]
    [MemberData(nameof(ReplyNames))]
    public void ReadReply_reads_all_that_the_bytes_say(string name)
    {
        ReadOnlyMemory<byte> frame = Replies[name];

        Assert.Equal(ReplyStatus.Reply, Codec.ReadReply(ref frame, out var reply));

        MessageAssert.Equal(ReplyCases.All[name], reply);
        Assert.True(frame.IsEmpty);
        Assert.Equal(ReplyStatus.End, Codec.ReadReply(ref frame, out reply));
        Assert.Null(reply);
    }

    [Fact]
    public void No_member_of_a_command_is_lost_on_the_way()
    {
        var command = MessageFiller.Fill<Command>();
        ReadOnlyMemory<byte> frame = Write(output => Codec.WriteCommand(output, command));

        Assert.Equal(CommandStatus.Command, Codec.ReadCommand(ref frame, out var read));

        MessageAssert.Equal(command, read);
    }

    [Fact]
    public void No_member_of_a_reply_or_push_is_lost_on_the_way()
    {
        var reply = MessageFiller.Fill<Reply>();
        ReadOnlyMemory<byte> frame = Write(output => Codec.WriteReply(output, reply));

        Assert.Equal(ReplyStatus.Reply, Codec.ReadReply(ref frame, out var read));

        MessageAssert.Equal(reply, read);
    }

    [Fact]
    public void A_bare_connect_request_opens_a_unidirectional_transport()
    {
        var request = MessageFiller.Fill<ConnectRequest>();
        var command = Write(output => Codec.WriteCommand(output, new() { Connect = request }));

        Assert.True(Codec.TryReadConnectRequest(BodyOf(command), out var read));

        MessageAssert.Equal(request, read);
        Assert.False(Codec.TryReadConnectRequest(BodyOf(command)[..^1], out _));
    }

    [Fact]
    public void An_emulation_request_carries_a_frame_of_commands()
    {
        var commands = Join([Commands["publish"], Commands["text beyond ASCII"]]);
        var request = new EmulationRequest { Node = "n", Session = "s\"", Data = commands };
        var body = Write(output => Codec.WriteEmulationRequest(output, request));

        Assert.True(Codec.TryReadEmulationRequest(body, out var read));

        MessageAssert.Equal(request, read);
        Assert.False(Codec.TryReadEmulationRequest(body.AsMemory(0, body.Length - 1), out _));
    }

    /// <summary>The connect request within a command that holds nothing else.</summary>
    protected abstract ReadOnlyMemory<byte> BodyOf(byte[] command);

    protected static byte[] Write(Action<IBufferWriter<byte>> write)
    {
        var output = new ArrayBufferWriter<byte>();
        write(output);
        return output.WrittenSpan.ToArray();
    }

    private byte[] WriteForResults(IEnumerable<Wire.Publication> publications) => Write(output =>
    {
        foreach (var publication in publications)
            Codec.WriteForSubscribeResult(output, publication);
    });

    /// <summary>Shows the difference in the format's own terms.</summary>
    protected abstract void AssertBytes(byte[] expected, byte[] actual);
}
