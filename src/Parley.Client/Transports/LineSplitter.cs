namespace Parley.Client.Transports;

/// <summary>Replies that end with a line feed.</summary>
internal sealed class LineSplitter : IFrameSplitter
{
    public ReadOnlyMemory<byte> Take(ReadOnlySpan<byte> bytes, out int taken)
    {
        taken = bytes.LastIndexOf((byte)'\n') + 1;
        return bytes[..taken].ToArray();
    }
}
