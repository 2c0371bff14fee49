using System.Numerics;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Parley.AspNetCore.Transports.WebSockets;

/// <summary>Masking of client frames. Source: RFC 6455, section 5.3.</summary>
internal static class WebSocketMask
{
    /// <summary>Masks or unmasks in place.</summary>
    /// <param name="data">Payload bytes that the key's first byte applies to first.</param>
    /// <param name="key">The four bytes of the key as they lie in memory.</param>
    /// <returns>The key for the bytes that follow.</returns>
    public static uint Apply(Span<byte> data, uint key)
    {
        ref var first = ref MemoryMarshal.GetReference(data);
        nuint at = 0;
        var length = (nuint)data.Length;
        if (Vector256.IsHardwareAccelerated && length >= (nuint)Vector256<byte>.Count)
        {
            var mask = Vector256.Create(key).AsByte();
            for (; at + (nuint)Vector256<byte>.Count <= length; at += (nuint)Vector256<byte>.Count)
                (Vector256.LoadUnsafe(ref first, at) ^ mask).StoreUnsafe(ref first, at);
        }

        if (Vector128.IsHardwareAccelerated && length - at >= (nuint)Vector128<byte>.Count)
        {
            var mask = Vector128.Create(key).AsByte();
            for (; at + (nuint)Vector128<byte>.Count <= length; at += (nuint)Vector128<byte>.Count)
                (Vector128.LoadUnsafe(ref first, at) ^ mask).StoreUnsafe(ref first, at);
        }

        Span<byte> bytes = stackalloc byte[sizeof(uint)];
        MemoryMarshal.Write(bytes, key);
        for (var i = (int)at; i < data.Length; i++) data[i] ^= bytes[i & 3];

        var turn = (data.Length & 3) * 8;
        return BitConverter.IsLittleEndian ? BitOperations.RotateRight(key, turn) : BitOperations.RotateLeft(key, turn);
    }
}
