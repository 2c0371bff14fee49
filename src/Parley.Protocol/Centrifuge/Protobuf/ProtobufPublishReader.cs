using System.Text.Unicode;

namespace Parley.Protocol.Centrifuge.Protobuf;

/// <summary>Reads publish commands in the form in which clients write them, and no others: those are left to <see cref="ProtobufReader"/>.</summary>
internal ref struct ProtobufPublishReader(ReadOnlyMemory<byte> memory)
{
    // Number of the field, and that a varint or a length follows.
    private const byte IdTag = 1 << 3;
    private const byte PublishTag = (7 << 3) | 2;
    private const byte ChannelTag = (1 << 3) | 2;
    private const byte DataTag = (2 << 3) | 2;
    private const int LongestUInt32 = 5;

    private readonly ReadOnlyMemory<byte> _memory = memory;
    private readonly ReadOnlySpan<byte> _bytes = memory.Span;
    private int _position;

    /// <param name="command">What was read.</param>
    /// <param name="length">Bytes of the command and of its length.</param>
    public bool TryRead(out PublishCommand command, out int length)
    {
        command = default;
        length = 0;
        if (!TryReadLength(out var end)
            || !TrySkip(IdTag) || !TryReadUInt32(out var id) || id == 0
            || !TrySkip(PublishTag) || !TryReadLength(out var publishEnd) || publishEnd != end
            || !TryReadField(ChannelTag, out var channel) || !Utf8.IsValid(channel.Span)
            || !TryReadField(DataTag, out var data) || _position != end)
        {
            return false;
        }

        command = new PublishCommand { Id = id, Channel = channel, Data = data };
        length = end;
        return true;
    }

    /// <summary>Reads a field that has bytes, and at least one.</summary>
    private bool TryReadField(byte tag, out ReadOnlyMemory<byte> value)
    {
        value = default;
        if (!TrySkip(tag) || !TryReadLength(out var end) || end == _position)
            return false;
        value = _memory[_position..end];
        _position = end;
        return true;
    }

    private bool TrySkip(byte tag)
    {
        if (_position == _bytes.Length || _bytes[_position] != tag)
            return false;
        _position++;
        return true;
    }

    /// <param name="end">Where what has the length ends, which is within the memory.</param>
    private bool TryReadLength(out int end)
    {
        end = 0;
        if (!TryReadUInt32(out var length) || length > (uint)(_bytes.Length - _position))
            return false;
        end = _position + (int)length;
        return true;
    }

    private bool TryReadUInt32(out uint value)
    {
        var read = 0ul;
        for (var i = 0; i < LongestUInt32 && _position < _bytes.Length; i++)
        {
            var current = _bytes[_position++];
            read |= (ulong)(current & 0x7F) << (7 * i);
            if (current < 0x80)
            {
                value = (uint)read;
                return read <= uint.MaxValue;
            }
        }

        value = 0;
        return false;
    }
}
