namespace Parley.Protocol.Centrifuge;

/// <summary>A command that publishes data to a channel and says nothing else, which is nearly every command of a busy client.</summary>
/// <remarks>Its bytes are slices of the frame it was read from, valid as long as that is.</remarks>
public readonly struct PublishCommand
{
    /// <summary>Chosen by the client; never 0.</summary>
    public uint Id { get; init; }

    /// <summary>Name of the channel in UTF-8; never empty.</summary>
    public ReadOnlyMemory<byte> Channel { get; init; }

    /// <summary>The payload: in JSON one value, as in <see cref="PublishRequest.Data"/>; never empty.</summary>
    public ReadOnlyMemory<byte> Data { get; init; }
}
