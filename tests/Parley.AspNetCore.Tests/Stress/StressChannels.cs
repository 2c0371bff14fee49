using Parley.Channels;

namespace Parley.AspNetCore.Tests.Stress;

/// <summary>The channels of the stress tests.</summary>
internal static class StressChannels
{
    /// <summary>Most publications that a client is given back at once.</summary>
    public const int MaxRecovered = 500;

    /// <summary>Each ends in its index.</summary>
    public static readonly IReadOnlyList<string> Names =
        ["plain:0", "kept:1", "told:2", "kept:3", "plain:4", "kept:5", "told:6", "kept:7", "plain:8"];

    public static int IndexOf(string channel) => channel[^1] - '0';

    /// <summary>One of those that clients stay in; half of all happens in the first three.</summary>
    public static int Any(Random random) => random.Next(2) == 0 ? random.Next(3) : random.Next(6);

    /// <summary>One of those that clients leave as soon as they have come, which are empty most of the time.</summary>
    public static int AnyEmpty(Random random) => random.Next(6, Names.Count);

    public static void Configure(ChannelsOptions options)
    {
        options.MaxHistoryLimit = MaxRecovered;
        options.Namespaces["plain"] = new ChannelOptions();
        options.Namespaces["kept"] = new ChannelOptions { HistorySize = 100_000, HistoryTtl = TimeSpan.FromHours(1) };
        options.Namespaces["told"] = new ChannelOptions { JoinLeave = true, Presence = true };
    }

    public static IReadOnlyList<ChannelLedger> CreateLedgers() => [.. Names.Select(static name => new ChannelLedger(name))];
}
