using Microsoft.Extensions.Logging;
using Parley.Nodes;

namespace Parley.Hubs;

/// <summary>Compares where the watched subscriptions of a channel stand with the broker, which is how a publication lost on the way is found.</summary>
/// <remarks>
/// A subscription may be behind because its publication is still on the way, so it is ended only when it has not reached by
/// the second look what the broker had at the first.
/// </remarks>
internal static partial class PositionCheck
{
    private static readonly TimeSpan SecondLook = TimeSpan.FromSeconds(2);

    public static void Start(HubChannel channel, Node node) => _ = RunAsync(channel, node);

    private static async Task RunAsync(HubChannel channel, Node node)
    {
        await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
        try
        {
            var page = await node.Broker.ReadHistoryAsync(channel.Name, node.PositionQuery(channel.Name));
            if (channel.FindBehind(page.Top, endThem: false))
            {
                await Task.Delay(SecondLook, node.Time);
                if (channel.FindBehind(page.Top, endThem: true))
                    node.Metrics.PositionsLost();
            }
        }
        catch (Exception exception)
        {
            // Whatever the broker threw, the next check must still come.
            LogCheckFailed(node.Logger, channel.Name, exception);
        }

        channel.ScheduleCheck(node.Channels.PositionCheckInterval);
    }

    [LoggerMessage(EventId = 110, Level = LogLevel.Warning, Message = "Position of channel {Channel} was not checked")]
    private static partial void LogCheckFailed(ILogger logger, string channel, Exception exception);
}
