using System.Runtime.InteropServices;
using CsCheck;
using Parley.AspNetCore.Transports.WebSockets;

namespace Parley.AspNetCore.Tests.Transports.WebSockets;

public sealed class WebSocketMaskTests
{
    [Fact]
    public void Apply_AnyLength_XorsEachByteWithItsByteOfTheKey()
    {
        Gen.Select(Gen.Byte.Array[0, 300], Gen.Byte.Array[4]).Sample((data, key) =>
        {
            var expected = data.Select((value, i) => (byte)(value ^ key[i % 4])).ToArray();

            WebSocketMask.Apply(data, MemoryMarshal.Read<uint>(key));

            return data.AsSpan().SequenceEqual(expected);
        });
    }

    [Fact]
    public void Apply_InPieces_IsTheSameAsInOne()
    {
        Gen.Select(Gen.Byte.Array[0, 200], Gen.UInt, Gen.Int[0, 200], Gen.Int[0, 200]).Sample((data, key, a, b) =>
        {
            var whole = data.ToArray();
            WebSocketMask.Apply(whole, key);
            a = Math.Min(a, data.Length);
            b = Math.Min(b, data.Length - a);

            var next = WebSocketMask.Apply(data.AsSpan(0, a), key);
            next = WebSocketMask.Apply(data.AsSpan(a, b), next);
            WebSocketMask.Apply(data.AsSpan(a + b), next);

            return data.AsSpan().SequenceEqual(whole);
        });
    }
}
