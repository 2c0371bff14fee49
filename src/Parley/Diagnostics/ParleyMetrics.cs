using System.Diagnostics.Metrics;
using Parley.Hubs;

namespace Parley.Diagnostics;

/// <summary>Measurements of a node, under the meter <c>Parley</c>.</summary>
internal sealed class ParleyMetrics
{
    public const string MeterName = "Parley";

    private readonly Meter _meter = new(MeterName);
    private readonly Counter<long> _publications;
    private readonly Counter<long> _deliveries;
    private readonly Counter<long> _disconnects;
    private readonly Counter<long> _recoveries;
    private readonly Counter<long> _positionsLost;

    public ParleyMetrics(Hub hub)
    {
        _meter.CreateObservableGauge("parley.sessions", () => hub.Sessions.Count, "{session}", "Connected sessions.");
        _meter.CreateObservableGauge("parley.users", () => hub.Sessions.UserCount, "{user}", "Distinct users of connected sessions.");
        _meter.CreateObservableGauge("parley.channels", () => hub.ChannelCount, "{channel}", "Channels with subscribers on this node.");
        _meter.CreateObservableGauge("parley.sessions.queued", () => hub.Sessions.QueuedBytes, "By", "Bytes that wait for clients to read those before them.");
        _publications = _meter.CreateCounter<long>("parley.publications", "{publication}", "Publications accepted by this node.");
        _deliveries = _meter.CreateCounter<long>("parley.deliveries", "{delivery}", "Publications handed to subscriptions.");
        _disconnects = _meter.CreateCounter<long>("parley.disconnects", "{session}", "Sessions closed by the server, by code.");
        _recoveries = _meter.CreateCounter<long>("parley.recoveries", "{subscription}", "Subscriptions that asked to recover, by result.");
        _positionsLost = _meter.CreateCounter<long>("parley.positions_lost", "{channel}", "Channels in which a position check found a gap.");
    }

    public void Published() => _publications.Add(1);

    public void Delivered(int count) => _deliveries.Add(count);

    public void Disconnected(uint code) => _disconnects.Add(1, KeyValuePair.Create<string, object?>("code", code));

    public void Recovered(bool succeeded) => _recoveries.Add(1, KeyValuePair.Create<string, object?>("recovered", succeeded));

    public void PositionsLost() => _positionsLost.Add(1);
}
