using System.Buffers.Text;
using System.Text;

namespace Parley.LoadTest.Client;

/// <summary>A request that is sent many times and differs only in its id and its payload's stamp. Both have a fixed width.</summary>
internal sealed class CommandTemplate
{
    // Ids have ten digits from the start, because a JSON number cannot be padded.
    public const uint FirstId = 1_000_000_000;

    private readonly byte[] _bytes;
    private readonly int _idAt;
    private readonly int _stampAt;

    private CommandTemplate(string text)
    {
        _bytes = Encoding.UTF8.GetBytes(text);
        _idAt = _bytes.AsSpan().IndexOf("1000000000"u8);
        _stampAt = _bytes.AsSpan().IndexOf(Stamp.Marker) + Stamp.Marker.Length;
    }

    public static CommandTemplate Publish(string channel, int payloadBytes) => new(
        $$$"""{"id":{{{FirstId}}},"publish":{"channel":"{{{channel}}}","data":{{{Stamp.Payload(payloadBytes)}}}}}""");

    public static CommandTemplate Rpc(string method, int payloadBytes) => new(
        $$$"""{"id":{{{FirstId}}},"rpc":{"method":"{{{method}}}","data":{{{Stamp.Payload(payloadBytes)}}}}}""");

    public static CommandTemplate ApiPublish(Target target, string channel, int payloadBytes)
    {
        var body = $$$"""{"channel":"{{{channel}}}","data":{{{Stamp.Payload(payloadBytes)}}}}""";
        var url = new Uri(target.Api!, "publish");
        return new CommandTemplate(
            $"POST {url.PathAndQuery} HTTP/1.1\r\nHost: {url.Authority}\r\nX-API-Key: {target.ApiKey}\r\n" +
            $"Content-Type: application/json\r\nContent-Length: {Encoding.UTF8.GetByteCount(body)}\r\n\r\n{body}");
    }

    /// <summary>The bytes to send, valid until the next call.</summary>
    public ReadOnlySpan<byte> With(uint id, uint sequence)
    {
        if (_idAt >= 0)
            Utf8Formatter.TryFormat(id, _bytes.AsSpan(_idAt), out _);

        Stamp.Write(_bytes.AsSpan(_stampAt), sequence);
        return _bytes;
    }
}
