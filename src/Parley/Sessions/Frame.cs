namespace Parley.Sessions;

/// <summary>Bytes ready for the wire, transport framing included.</summary>
/// <remarks>Made once and shared by every connection that gets it: nobody writes to the array.</remarks>
internal readonly struct Frame(byte[] bytes)
{
    public byte[] Bytes { get; } = bytes;

    public int Length => Bytes.Length;

    public bool IsEmpty => Bytes is null;
}
