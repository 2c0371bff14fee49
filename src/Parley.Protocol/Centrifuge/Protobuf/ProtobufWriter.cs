using System.Buffers;
using System.Text;
using Parley.Protocol.Centrifuge.Schema;

namespace Parley.Protocol.Centrifuge.Protobuf;

/// <summary>Writes messages as Protocol Buffers, in one pass through a rented buffer.</summary>
/// <remarks>
/// The length of a nested message stands before it and takes 1 to 5 bytes. It is not computed beforehand: one byte is left free,
/// and a message of 128 bytes or more is moved up for a longer length. That costs less than measuring every string twice.
/// </remarks>
internal ref partial struct ProtobufWriter : IFieldWriter
{
    private const int InitialCapacity = 1024;
    private const int LongestVarint = 10;
    private const int LongestLength = 5;
    private const int MapKey = 1;
    private const int MapValue = 2;

    private byte[] _buffer = ArrayPool<byte>.Shared.Rent(InitialCapacity);
    private int _length;

    public ProtobufWriter()
    {
    }

    private enum WireType
    {
        Varint = 0,
        Length = 2,
    }

    /// <summary>Writes one message after its length; the only call.</summary>
    public void Delimited<T, TSchema>(IBufferWriter<byte> output, T message)
        where T : class
        where TSchema : struct, IMessageSchema<T>
    {
        var start = Begin();
        TSchema.Write(ref this, message);
        End(start);
        Finish(output);
    }

    /// <summary>Writes one message that stands alone; the only call.</summary>
    public void All<T, TSchema>(IBufferWriter<byte> output, T message)
        where T : class
        where TSchema : struct, IMessageSchema<T>
    {
        TSchema.Write(ref this, message);
        Finish(output);
    }

    /// <summary>Writes one message for <see cref="Written"/>; the only call.</summary>
    public void Item<T, TSchema>(IBufferWriter<byte> output, int number, T message)
        where T : class
        where TSchema : struct, IMessageSchema<T>
    {
        Message<T, TSchema>(number, [], message);
        Finish(output);
    }

    private void Finish(IBufferWriter<byte> output)
    {
        output.Write(_buffer.AsSpan(0, _length));
        ArrayPool<byte>.Shared.Return(_buffer);
        _buffer = [];
        _length = 0;
    }

    /// <summary>Begins a value whose length will stand before it.</summary>
    /// <returns>Where it begins.</returns>
    private int Begin()
    {
        Reserve(1);
        return ++_length;
    }

    private void End(int start)
    {
        var length = _length - start;
        if (length < 0x80)
        {
            _buffer[start - 1] = (byte)length;
            return;
        }

        Span<byte> prefix = stackalloc byte[LongestLength];
        var prefixLength = Encode(prefix, (uint)length);
        Reserve(prefixLength - 1);
        _buffer.AsSpan(start, length).CopyTo(_buffer.AsSpan(start - 1 + prefixLength));
        prefix[..prefixLength].CopyTo(_buffer.AsSpan(start - 1));
        _length += prefixLength - 1;
    }

    private void Tag(int number, WireType wireType) => Varint((ulong)((number << 3) | (int)wireType));

    private void Varint(ulong value)
    {
        Reserve(LongestVarint);
        _length += Encode(_buffer.AsSpan(_length), value);
    }

    private static int Encode(Span<byte> target, ulong value)
    {
        var length = 0;
        for (; value >= 0x80; value >>= 7) target[length++] = (byte)(value | 0x80);
        target[length++] = (byte)value;
        return length;
    }

    private void Delimited(int number, ReadOnlySpan<byte> value)
    {
        Tag(number, WireType.Length);
        Varint((ulong)value.Length);
        Reserve(value.Length);
        value.CopyTo(_buffer.AsSpan(_length));
        _length += value.Length;
    }

    private void Delimited(int number, string value)
    {
        Tag(number, WireType.Length);
        var length = Encoding.UTF8.GetByteCount(value);
        Varint((ulong)length);
        Reserve(length);
        _length += Encoding.UTF8.GetBytes(value, _buffer.AsSpan(_length));
    }

    private void Reserve(int length)
    {
        if (_buffer.Length - _length >= length) return;
        var larger = ArrayPool<byte>.Shared.Rent(Math.Max(_buffer.Length * 2, _length + length));
        _buffer.AsSpan(0, _length).CopyTo(larger);
        ArrayPool<byte>.Shared.Return(_buffer);
        _buffer = larger;
    }
}
