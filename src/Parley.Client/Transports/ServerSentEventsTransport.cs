using System.Net.Http.Headers;

namespace Parley.Client.Transports;

/// <summary>Replies as server-sent events.</summary>
internal sealed class ServerSentEventsTransport(TransportSettings settings)
    : StreamTransport(settings, settings.Addresses.ServerSentEvents, new EventSplitter())
{
    protected override MediaTypeWithQualityHeaderValue? Accepted { get; } = new("text/event-stream");
}
