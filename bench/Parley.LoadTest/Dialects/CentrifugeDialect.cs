using Parley.LoadTest.Client;

namespace Parley.LoadTest.Dialects;

/// <summary>The Centrifuge protocol v2 in JSON.</summary>
internal sealed class CentrifugeDialect : Dialect
{
    public override string Name => "centrifuge";

    public override ClientConnection Connect(Network network, Transport transport, int index, string[] channels, IReceiver receiver) =>
        new CentrifugeClient(network, transport, index, channels, receiver);

    public override CommandTemplate Publish(string channel, int payloadBytes) => new(
        $$$"""{"id":{{{CommandTemplate.FirstId}}},"publish":{"channel":"{{{channel}}}","data":{{{Stamp.Payload(payloadBytes)}}}}}""");

    public override CommandTemplate Call(string method, int payloadBytes) => new(
        $$$"""{"id":{{{CommandTemplate.FirstId}}},"rpc":{"method":"{{{method}}}","data":{{{Stamp.Payload(payloadBytes)}}}}}""");

    public override CommandTemplate Post(Target target, string channel, int payloadBytes) => HttpPost(
        target,
        "publish",
        $"X-API-Key: {target.ApiKey}\r\n",
        $$$"""{"channel":"{{{channel}}}","data":{{{Stamp.Payload(payloadBytes)}}}}""");
}
