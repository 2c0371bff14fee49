using System.Text;
using Parley.Protocol.Centrifuge;

namespace Parley.Protocol.Tests.Centrifuge;

internal static class PublishCommandAssert
{
    /// <summary>What is read of a frame without objects, if anything, is what the reader of commands reads.</summary>
    public static void IsReadAlike(CentrifugeCodec codec, byte[] bytes)
    {
        ReadOnlyMemory<byte> frame = bytes;
        if (!codec.TryReadPublish(ref frame, out var publish))
            return;

        ReadOnlyMemory<byte> other = bytes;
        Assert.Equal(CommandStatus.Command, codec.ReadCommand(ref other, out var command));
        Assert.Equal(other, frame);
        Assert.Equal(command!.Id, publish.Id);
        Assert.Equal(command.Publish!.Channel, Encoding.UTF8.GetString(publish.Channel.Span));
        Assert.Equal(command.Publish.Data.Span, publish.Data.Span);
        Assert.Equal((0, "", false), (command.Publish.Type, command.Publish.Key, command.Publish.Removed));
    }
}
