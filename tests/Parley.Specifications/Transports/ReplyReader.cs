using System.Diagnostics.CodeAnalysis;
using Parley.Protocol.Centrifuge;

namespace Parley.Specifications.Transports;

/// <summary>Finds whole replies in bytes that come in pieces: lines, events, or messages after their lengths.</summary>
/// <param name="codec">Of the replies.</param>
/// <param name="isEvents">Whether lines are those of server-sent events.</param>
public sealed class ReplyReader(CentrifugeCodec codec, bool isEvents = false)
{
    private readonly Queue<Reply> _replies = [];
    private byte[] _rest = [];

    /// <summary>Takes a reply as read.</summary>
    public void Add(Reply reply) => _replies.Enqueue(reply);

    /// <summary>Takes bytes as they came.</summary>
    public void Add(ReadOnlySpan<byte> bytes)
    {
        _rest = [.. _rest, .. bytes];
        var taken = 0;
        while (TryFindMessage(_rest.AsSpan(taken), out var length))
        {
            ReadMessage(_rest.AsMemory(taken, length));
            taken += length;
        }

        _rest = _rest[taken..];
    }

    /// <summary>The next reply that has come whole.</summary>
    public bool TryTake([NotNullWhen(true)] out Reply? reply) => _replies.TryDequeue(out reply);

    private void ReadMessage(ReadOnlyMemory<byte> message)
    {
        if (!codec.IsBinary)
        {
            message = message.TrimEnd("\r\n"u8);
            if (isEvents && message.Span.StartsWith("data: "u8)) message = message[6..];
            else if (isEvents) Assert.True(message.IsEmpty, "Something else than data is in the events.");
            if (message.IsEmpty) return;
        }

        Assert.Equal(ReplyStatus.Reply, codec.ReadReply(ref message, out var reply));
        Assert.True(message.IsEmpty);
        _replies.Enqueue(reply!);
    }

    private bool TryFindMessage(ReadOnlySpan<byte> bytes, out int length)
    {
        if (!codec.IsBinary)
        {
            length = bytes.IndexOf((byte)'\n') + 1;
            return length > 0;
        }

        length = 0;
        for (var prefix = 0; prefix < bytes.Length; prefix++)
        {
            length |= (bytes[prefix] & 0x7f) << (7 * prefix);
            if (bytes[prefix] >= 0x80) continue;
            length += prefix + 1;
            return bytes.Length >= length;
        }

        return false;
    }
}
