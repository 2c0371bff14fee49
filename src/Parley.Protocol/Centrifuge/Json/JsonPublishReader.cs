namespace Parley.Protocol.Centrifuge.Json;

/// <summary>Reads publish commands in the form in which clients write them, and no others: those are left to <see cref="JsonReader"/>.</summary>
internal ref struct JsonPublishReader(ReadOnlyMemory<byte> memory)
{
    private readonly ReadOnlyMemory<byte> _memory = memory;
    private JsonScanner _scanner = new(memory.Span);
    private ulong _id;
    private ReadOnlyMemory<byte> _channel;
    private ReadOnlyMemory<byte> _data;

    /// <param name="command">What was read.</param>
    /// <param name="length">Bytes of the command and of the line feed behind it.</param>
    public bool TryRead(out PublishCommand command, out int length)
    {
        command = default;
        length = 0;
        if (!TryReadMembers() || _id is 0 or > uint.MaxValue || _data.IsEmpty)
            return false;
        if (!_scanner.TrySkip((byte)'\n') && _scanner.Position != _scanner.Text.Length)
            return false;
        command = new PublishCommand { Id = (uint)_id, Channel = _channel, Data = _data };
        length = _scanner.Position;
        return true;
    }

    private bool TryReadMembers()
    {
        if (!_scanner.TrySkip((byte)'{'))
            return false;
        do
        {
            if (_scanner.TrySkipLiteral("\"id\":"u8))
            {
                if (_id != 0 || !TryReadId())
                    return false;
            }
            else if (!_scanner.TrySkipLiteral("\"publish\":"u8) || !_data.IsEmpty || !TryReadPublish())
            {
                return false;
            }
        }
        while (_scanner.TrySkip((byte)','));
        return _scanner.TrySkip((byte)'}');
    }

    private bool TryReadPublish() =>
        _scanner.TrySkipLiteral("{\"channel\":"u8) && TryReadChannel()
        && _scanner.TrySkipLiteral(",\"data\":"u8) && TryReadData()
        && _scanner.TrySkip((byte)'}');

    private bool TryReadChannel()
    {
        if (!_scanner.TrySkipString(out var content, out var hasEscapes) || hasEscapes)
            return false;
        _channel = _memory[content];
        return !_channel.IsEmpty;
    }

    private bool TryReadData()
    {
        _scanner.SkipWhitespace();
        var start = _scanner.Position;
        if (!_scanner.TrySkipValue(JsonPayload.MaxDepth) || _scanner.PassedLineBreak)
            return false;
        _data = _memory[start.._scanner.Position];
        return true;
    }

    private bool TryReadId()
    {
        const int MostDigits = 10;
        var start = _scanner.Position;
        while (_scanner.Current is >= (byte)'0' and <= (byte)'9' and var digit && _scanner.Position - start < MostDigits)
        {
            _id = (_id * 10) + (ulong)(digit - '0');
            _scanner.Position++;
        }

        // Not a leading zero, which JSON has not. What follows the digits is looked at next.
        return _scanner.Position > start && _scanner.Text[start] != (byte)'0';
    }
}
