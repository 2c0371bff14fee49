using System.Text.Json;
using Parley;

namespace Transports.Events;

/// <summary>Publishes an event after the other, each with its time, at the pace that was chosen.</summary>
internal sealed class EventSource(EventPace pace, IPublisher publisher, TimeProvider time) : BackgroundService
{
    public const string Channel = "demo:events";

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        for (var number = 1; ; number++)
        {
            await Task.Delay(TimeSpan.FromSeconds(1.0 / pace.PerSecond), time, stoppingToken);
            var occurred = time.GetUtcNow().ToUnixTimeMilliseconds();
            await publisher.PublishAsync(
                Channel, JsonSerializer.SerializeToUtf8Bytes(new { number, occurred }), cancellationToken: stoppingToken);
        }
    }
}
