using Parley.LoadTest.Client;
using Parley.LoadTest.Measurement;

namespace Parley.LoadTest.Scenarios;

/// <param name="Channels">Channels, and subscribers.</param>
/// <param name="Publishers">Connections that publish.</param>
/// <param name="PayloadBytes">Bytes of a publication's data.</param>
/// <param name="Rate">Publications per second over all channels.</param>
internal sealed record ChannelsOptions(int Channels = 1000, int Publishers = 10, int PayloadBytes = 128, double Rate = 20_000);

/// <summary>Many channels with one subscriber each.</summary>
internal sealed class ChannelsScenario(Target target, LoadPhase phase, ChannelsOptions options)
{
    public ScenarioResult Run()
    {
        var result = new ResultBuilder("channels");
        using var clients = new ClientGroup(target);
        var traffic = new Traffic(options.Channels, options.Channels, static client => client);
        var id = Guid.NewGuid().ToString("N");
        var channels = Enumerable.Range(0, options.Channels).Select(i => $"channel-{id}-{i}").ToArray();
        clients.Open(options.Channels, i => [channels[i]], traffic);
        var (publishers, publications) = clients.OpenPublishers(options.Publishers, channels, options.PayloadBytes);
        var run = new LoadPhase.Run(target.Process, clients, traffic, result);
        var next = 0;

        phase.Measure("", "publication", run, time =>
            Pace.AtRate(clients.Loop, options.Rate, time, due =>
            {
                var channel = next++ % options.Channels;
                publishers[channel % publishers.Length].Publish(publications[channel], traffic.Next(channel, due, 1));
            }));

        clients.Close();
        return result.Build();
    }
}
