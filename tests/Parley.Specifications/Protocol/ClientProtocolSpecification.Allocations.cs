using System.Buffers;
using System.Text;
using Parley.Protocol.Centrifuge;

namespace Parley.Specifications.Protocol;

public abstract partial class ClientProtocolSpecification
{
    private const int Repetitions = 1_000;

    [Fact]
    public void Writing_a_publication_allocates_nothing()
    {
        var output = new ArrayBufferWriter<byte>(64 * 1024);
        var reply = new Reply { Push = PushCases.All["publication with everything"] };

        var allocated = Allocated(() =>
        {
            output.ResetWrittenCount();
            Codec.WriteReply(output, reply);
            Codec.WritePush(output, reply.Push);
        });

        Assert.Equal(0, allocated);
    }

    [Fact]
    public void Reading_a_publish_allocates_the_command_the_request_and_the_channel()
    {
        ReadOnlyMemory<byte> bytes = Commands["publish"];
        Command? command = null;

        var allocated = Allocated(() =>
        {
            var frame = bytes;
            Codec.ReadCommand(ref frame, out command);
        });

        var least = Allocated(() => command = new() { Publish = new() { Channel = Encoding.UTF8.GetString("news"u8) } });
        Assert.Equal(least, allocated);
        Assert.NotNull(command);
    }

    /// <summary>Bytes per call, after the first calls have filled pools and caches: the least of three, as the runtime allocates for itself when it compiles anew.</summary>
    private static double Allocated(Action action)
    {
        for (var i = 0; i < Repetitions; i++) action();
        return Enumerable.Range(0, 3).Min(_ =>
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            for (var i = 0; i < Repetitions; i++) action();
            return (GC.GetAllocatedBytesForCurrentThread() - before) / (double)Repetitions;
        });
    }
}
