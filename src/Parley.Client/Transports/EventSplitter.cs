using System.Buffers;

namespace Parley.Client.Transports;

/// <summary>Replies as the data of server-sent events; what else events have is let go.</summary>
internal sealed class EventSplitter : IFrameSplitter
{
    private readonly ArrayBufferWriter<byte> _data = new();
    private bool _isBehindCarriageReturn;

    public ReadOnlyMemory<byte> Take(ReadOnlySpan<byte> bytes, out int taken)
    {
        taken = 0;
        var frame = new ArrayBufferWriter<byte>();
        while (true)
        {
            // A line ends with CR, LF or both; the two may come apart.
            if (_isBehindCarriageReturn && taken < bytes.Length)
            {
                if (bytes[taken] == (byte)'\n') taken++;
                _isBehindCarriageReturn = false;
            }

            var length = bytes[taken..].IndexOfAny((byte)'\r', (byte)'\n');
            if (length < 0) return frame.WrittenMemory;
            var line = bytes.Slice(taken, length);
            _isBehindCarriageReturn = bytes[taken + length] == (byte)'\r';
            taken += length + 1;
            if (line.IsEmpty) EndEvent(frame);
            else AddLine(line);
        }
    }

    private void AddLine(ReadOnlySpan<byte> line)
    {
        if (!line.StartsWith("data"u8)) return;
        var value = line[4..];
        if (!value.IsEmpty && value[0] != (byte)':') return;
        if (value.StartsWith(": "u8)) value = value[2..];
        else if (value.StartsWith(":"u8)) value = value[1..];
        _data.Write(value);
        _data.Write("\n"u8);
    }

    private void EndEvent(ArrayBufferWriter<byte> frame)
    {
        frame.Write(_data.WrittenSpan);
        _data.ResetWrittenCount();
    }
}
