namespace Parley.Client.Transports;

/// <summary>Finds whole replies in bytes that come in pieces of any size.</summary>
internal interface IFrameSplitter
{
    /// <summary>Takes the replies that are complete.</summary>
    /// <param name="bytes">All that came and was not taken yet.</param>
    /// <param name="taken">How many of the bytes are done with, whether or not there was a reply in them.</param>
    /// <returns>A frame in memory of its own; empty when there is no whole reply yet.</returns>
    /// <exception cref="InvalidDataException">The bytes are no such stream.</exception>
    ReadOnlyMemory<byte> Take(ReadOnlySpan<byte> bytes, out int taken);
}
