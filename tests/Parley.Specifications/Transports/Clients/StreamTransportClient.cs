using System.Buffers;
using System.Net;
using Parley.Protocol.Centrifuge;
using Parley.Testing;

namespace Parley.Specifications.Transports.Clients;

/// <summary>HTTP stream and server-sent events, with commands beside.</summary>
internal sealed class StreamTransportClient(Uri address, bool isEvents, CentrifugeCodec codec, string user)
    : TransportClient(codec, new ReplyReader(codec, isEvents))
{
    private readonly HttpTransport _http = new(address, codec, user);
    private readonly byte[] _buffer = new byte[16 * 1024];
    private HttpResponseMessage? _response;
    private Stream? _stream;
    private string _session = "";
    private string _node = "";

    public override async Task OpenAsync(params Command[] commands)
    {
        using var request = _http.NewRequest(isEvents ? "/connection/sse" : "/connection/http_stream", Write(commands));
        _response = await _http.Client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead).WaitAsync(Patience.Limit);
        if (_response.StatusCode != HttpStatusCode.OK) throw new TransportRefusedException(_response.StatusCode);
        _stream = await _response.Content.ReadAsStreamAsync();
        if (await NextAsync() is not { } first) return;
        (_session, _node) = (first.Connect?.Session ?? "", first.Connect?.Node ?? "");
        Return(first);
    }

    public override async Task SendAsync(params Command[] commands)
    {
        var body = new ArrayBufferWriter<byte>();
        Codec.WriteEmulationRequest(body, new EmulationRequest { Session = _session, Node = _node, Data = Write(commands) });
        using var request = _http.NewRequest("/emulation", body.WrittenSpan.ToArray());
        using var response = await _http.Client.SendAsync(request).WaitAsync(Patience.Limit);
        if (response.StatusCode != HttpStatusCode.NoContent) throw new TransportRefusedException(response.StatusCode);
    }

    public override void Cut()
    {
        _response?.Dispose();
        _http.Dispose();
    }

    protected override async Task<bool> ReceiveAsync(ReplyReader reader)
    {
        var count = await _stream!.ReadAsync(_buffer);
        reader.Add(_buffer.AsSpan(0, count));
        return count > 0;
    }
}
