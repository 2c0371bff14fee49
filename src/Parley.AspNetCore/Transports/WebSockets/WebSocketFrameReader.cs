using System.Buffers;
using System.Buffers.Binary;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text.Unicode;

namespace Parley.AspNetCore.Transports.WebSockets;

/// <summary>Finds messages and control frames in the bytes of a client, and every breach of RFC 6455.</summary>
/// <remarks>
/// A message that lies whole in one segment is unmasked where it lies and handed over without a copy: the input must be memory
/// that nobody else reads, as that of a pipe is. Other messages are put together in a rented array, which is held no longer
/// than the message. One instance per connection; not thread-safe.
/// </remarks>
internal struct WebSocketFrameReader(int maxMessageBytes, ArrayPool<byte> pool)
{
    /// <summary>Most frames of one message. A client that sends more only wants to keep the server busy.</summary>
    public const int MaxFragments = 1024;

    private const int MaxControlBytes = 125;

    private MessageBuffer _message = new(pool);
    private long _remaining;
    private uint _key;
    private int _fragments;
    private bool _isText;
    private bool _isFinal;
    private bool _isInPayload;
    private bool _isMessageDone;

    /// <summary>Whether everything but the client's close frame is skipped.</summary>
    public bool IsDiscarding { get; private set; }

    private readonly bool IsInMessage => _fragments > 0;

    /// <summary>From now on skips all but the client's close frame, without holding it to any rule.</summary>
    public void Discard()
    {
        _message.Release();
        IsDiscarding = true;
        _isMessageDone = false;
    }

    /// <summary>Takes the next event from the input.</summary>
    /// <param name="input">Moved behind what was taken; what stays was looked at and needs more bytes.</param>
    /// <param name="found">The event; its payload is valid until the next call.</param>
    /// <returns>False when more bytes are needed.</returns>
    public bool TryRead(ref ReadOnlySequence<byte> input, out WebSocketEvent found)
    {
        ReleaseMessage();
        found = default;
        while (!input.IsEmpty || _isInPayload)
        {
            if (_isInPayload)
            {
                if (!TakePayload(ref input)) return false;
                if (!_isFinal || IsDiscarding) continue;

                found = Complete(_message.Written);
                return true;
            }

            if (!WebSocketFrameHeader.TryParse(input, out var header)) return false;

            if (IsDiscarding) // then only a close frame counts, and a frame that breaks a rule is skipped as any other
            {
                if (header.Opcode == WebSocketOpcode.Close && header.PayloadLength <= MaxControlBytes)
                    return TryReadControl(ref input, header, out found);

                BeginPayload(ref input, header);
                continue;
            }

            if (Check(header) is { } fault)
            {
                BeginPayload(ref input, header);
                Discard();
                found = fault;
                return true;
            }

            if (header.IsControl) return TryReadControl(ref input, header, out found);

            _isText |= header.Opcode == WebSocketOpcode.Text;
            _fragments++;
            if (header.IsFinal && _message.Length == 0 && input.Length - header.Length >= header.PayloadLength)
            {
                found = Complete(TakeWhole(ref input, header));
                return true;
            }

            BeginPayload(ref input, header);
        }

        return false;
    }

    /// <summary>Gives back what the last event held. To be called before the reader is left alone.</summary>
    public void ReleaseMessage()
    {
        if (!_isMessageDone) return;

        _message.Release();
        _isMessageDone = false;
    }

    /// <summary>Gives back everything.</summary>
    public void Dispose() => _message.Release();

    private readonly WebSocketEvent? Check(in WebSocketFrameHeader header)
    {
        if (header.HasReservedBits) return ProtocolError("reserved bit set");
        if (!header.IsKnown) return ProtocolError("reserved opcode");
        if (!header.IsMasked) return ProtocolError("frame not masked");
        if (!header.IsLengthValid) return ProtocolError("invalid frame length");
        if (header.IsControl)
        {
            if (!header.IsFinal) return ProtocolError("fragmented control frame");
            if (header.PayloadLength > MaxControlBytes) return ProtocolError("control frame too long");
            return null;
        }

        if (header.Opcode == WebSocketOpcode.Continuation != IsInMessage)
            return ProtocolError(IsInMessage ? "continuation expected" : "unexpected continuation");
        if (_fragments == MaxFragments)
            return WebSocketEvent.Fault(WebSocketCloseCode.PolicyViolation, string.Create(
                CultureInfo.InvariantCulture, $"message exceeds {MaxFragments} fragments"));
        if (header.PayloadLength > maxMessageBytes - _message.Length)
            return WebSocketEvent.Fault(WebSocketCloseCode.MessageTooBig, string.Create(
                CultureInfo.InvariantCulture, $"message exceeds {maxMessageBytes} bytes"));
        return null;
    }

    private void BeginPayload(ref ReadOnlySequence<byte> input, in WebSocketFrameHeader header)
    {
        input = input.Slice(header.Length);
        _remaining = header.PayloadLength;
        _key = header.Key;
        _isFinal = header.IsFinal;
        _isInPayload = true;
    }

    private bool TakePayload(ref ReadOnlySequence<byte> input)
    {
        var count = Math.Min(_remaining, input.Length);
        if (!IsDiscarding)
        {
            foreach (var segment in input.Slice(0, count))
                _key = WebSocketMask.Apply(_message.Append(segment.Span), _key);
        }

        input = input.Slice(count);
        _remaining -= count;
        _isInPayload = _remaining > 0;
        return !_isInPayload;
    }

    private ReadOnlyMemory<byte> TakeWhole(ref ReadOnlySequence<byte> input, in WebSocketFrameHeader header)
    {
        var payload = input.Slice(header.Length, header.PayloadLength);
        input = input.Slice(payload.End);
        if (payload.IsSingleSegment)
        {
            WebSocketMask.Apply(MemoryMarshal.AsMemory(payload.First).Span, header.Key);
            return payload.First;
        }

        var key = header.Key;
        foreach (var segment in payload) key = WebSocketMask.Apply(_message.Append(segment.Span), key);
        return _message.Written;
    }

    private WebSocketEvent Complete(ReadOnlyMemory<byte> message)
    {
        var isValid = !_isText || Utf8.IsValid(message.Span);
        _isText = false;
        _fragments = 0;
        _isMessageDone = true;
        if (isValid) return new WebSocketEvent(WebSocketEventKind.Message, message);

        Discard();
        return WebSocketEvent.Fault(WebSocketCloseCode.InvalidData, "text is not UTF-8");
    }

    private static bool TryReadControl(ref ReadOnlySequence<byte> input, in WebSocketFrameHeader header, out WebSocketEvent found)
    {
        found = default;
        if (input.Length - header.Length < header.PayloadLength) return false;

        var part = input.Slice(header.Length, header.PayloadLength);
        input = input.Slice(part.End);
        // A control frame across two segments is rare and at most 125 bytes: not worth a rented array.
        var payload = part.IsSingleSegment ? MemoryMarshal.AsMemory(part.First) : part.ToArray();
        WebSocketMask.Apply(payload.Span, header.Key);
        found = header.Opcode switch
        {
            WebSocketOpcode.Ping => new WebSocketEvent(WebSocketEventKind.Ping, payload),
            WebSocketOpcode.Pong => new WebSocketEvent(WebSocketEventKind.Pong),
            _ => new WebSocketEvent(WebSocketEventKind.Close, default, AnswerToClose(payload.Span)),
        };
        return true;
    }

    private static ushort AnswerToClose(ReadOnlySpan<byte> payload)
    {
        if (payload.IsEmpty) return WebSocketCloseCode.None;
        if (payload.Length == 1) return WebSocketCloseCode.ProtocolError;

        var code = BinaryPrimitives.ReadUInt16BigEndian(payload);
        if (!WebSocketCloseCode.IsAllowedOnWire(code)) return WebSocketCloseCode.ProtocolError;
        return Utf8.IsValid(payload[2..]) ? code : WebSocketCloseCode.InvalidData;
    }

    private static WebSocketEvent ProtocolError(string reason) =>
        WebSocketEvent.Fault(WebSocketCloseCode.ProtocolError, reason);
}
