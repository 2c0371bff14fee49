namespace Parley.Channels;

/// <summary>Options of all channels. Section <c>Parley:Channels</c>.</summary>
public sealed class ChannelsOptions
{
    /// <summary>Options of channels without a namespace.</summary>
    public ChannelOptions Default { get; set; } = new();

    /// <summary>Options by namespace, the part of a channel's name before the first colon; names match <c>[-a-zA-Z0-9_.]{2,}</c>.</summary>
    public IDictionary<string, ChannelOptions> Namespaces { get; set; } =
        new Dictionary<string, ChannelOptions>(StringComparer.Ordinal);

    /// <summary>Longest channel name in bytes of UTF-8, 1 to 4,096. Default 255.</summary>
    public int MaxNameBytes { get; set; } = 255;

    /// <summary>Most publications that one recovery or history call returns, 1 to 100,000. Default 300.</summary>
    public int MaxHistoryLimit { get; set; } = 300;

    /// <summary>Time between two comparisons of a watched channel's position with the broker's. Default 40 seconds.</summary>
    public TimeSpan PositionCheckInterval { get; set; } = TimeSpan.FromSeconds(40);
}
