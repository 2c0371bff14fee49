using Parley.AspNetCore.Transports;
using Parley.Channels;
using Parley.Sessions;

namespace Parley.AspNetCore.Configuration;

/// <summary>The rules of section <c>Parley:Clients</c>.</summary>
internal static class ClientOptionsRules
{
    private const int KiB = 1024;
    private const int MiB = 1024 * KiB;

    public static void Apply(ClientOptions options, ChannelsOptions? channels, OptionsCheck check)
    {
        var areTimes = check.Range(nameof(options.PingInterval), options.PingInterval, TimeSpan.FromSeconds(1), TimeSpan.FromHours(1))
            & check.Range(nameof(options.PongTimeout), options.PongTimeout, TimeSpan.FromMilliseconds(100), TimeSpan.FromHours(1));
        if (areTimes && options.PongTimeout >= options.PingInterval)
        {
            check.Report(
                nameof(options.PongTimeout), OptionsCheck.Text(options.PongTimeout),
                $"must be shorter than PingInterval, which is {OptionsCheck.Text(options.PingInterval)}.");
        }

        check.Range(nameof(options.StaleTimeout), options.StaleTimeout, TimeSpan.FromSeconds(1), TimeSpan.FromMinutes(10));
        check.Range(nameof(options.DrainWindow), options.DrainWindow, TimeSpan.Zero, TimeSpan.FromMinutes(10));
        check.Range(nameof(options.MaxMessageBytes), options.MaxMessageBytes, KiB, 64 * MiB);
        check.Range(nameof(options.MaxQueuedBytes), options.MaxQueuedBytes, 4 * KiB, 64 * MiB);
        check.Range(nameof(options.MaxChannels), options.MaxChannels, 1, 10_000);
        check.Range(nameof(options.Concurrency), options.Concurrency, 1, 64);
        check.NotNegative(nameof(options.MaxConnections), options.MaxConnections);
        check.NotNegative(nameof(options.MaxConnectionsPerUser), options.MaxConnectionsPerUser);
        check.NotNegative(nameof(options.HandshakesPerSecond), options.HandshakesPerSecond);
        CheckOrigins(options, check);
        CheckPersonalChannel(options, channels, check);
    }

    private static void CheckOrigins(ClientOptions options, OptionsCheck check)
    {
        if (!check.Exists(nameof(options.AllowedOrigins), options.AllowedOrigins))
            return;
        for (var index = 0; index < options.AllowedOrigins.Count; index++)
        {
            var origin = options.AllowedOrigins[index];
            if (origin is null || (origin != "*" && !OriginPattern.TryParse(origin, allowWildcard: true, out _)))
            {
                check.Report(
                    $"{nameof(options.AllowedOrigins)}:{index}", origin,
                    "is not an origin. Write scheme://host[:port] without a path, as https://app.example.com or https://*.example.com.");
            }
        }
    }

    private static void CheckPersonalChannel(ClientOptions options, ChannelsOptions? channels, OptionsCheck check)
    {
        var name = options.PersonalChannelNamespace;
        if (!check.Exists(nameof(options.PersonalChannelNamespace), name) || !options.SubscribeToPersonalChannel || name.Length == 0)
            return;
        if (channels?.Namespaces?.ContainsKey(name) != true)
        {
            check.Report(
                nameof(options.PersonalChannelNamespace), name,
                $"is not configured. Add Parley:Channels:Namespaces:{name}, or remove the key for channels without a namespace.");
        }
    }
}
