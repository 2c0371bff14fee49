using System.Net.Http.Headers;

namespace Parley.Client.Transports;

/// <summary>Replies as lines of JSON or as delimited Protobuf messages.</summary>
internal sealed class HttpStreamTransport(TransportSettings settings) : StreamTransport(
    settings, settings.Addresses.HttpStream, settings.Codec.IsBinary ? new DelimitedSplitter() : new LineSplitter())
{
    protected override MediaTypeWithQualityHeaderValue? Accepted => null;
}
