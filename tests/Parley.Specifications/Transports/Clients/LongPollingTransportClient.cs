using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Parley.Protocol.Centrifuge;
using Parley.Testing;

namespace Parley.Specifications.Transports.Clients;

/// <summary>Long polling by one request at a time in each direction; a poll that is lost is repeated, as the protocol has it.</summary>
internal sealed class LongPollingTransportClient(Uri address, CentrifugeCodec codec, string user)
    : TransportClient(codec, new ReplyReader(codec))
{
    private const int MaxLosses = 2;

    private readonly HttpTransport _http = new(address, codec, user);
    private byte[]? _first;
    private string _session = "";
    private string _node = "";
    private int _batch;
    private int _sent;
    private bool _isOver;

    public override async Task OpenAsync(params Command[] commands)
    {
        using var request = _http.NewRequest("/connection/long_poll", Write(commands));
        using var response = await _http.Client.SendAsync(request).WaitAsync(Patience.Limit);
        if (response.StatusCode != HttpStatusCode.OK) throw new TransportRefusedException(response.StatusCode);
        _session = response.Headers.GetValues("Parley-Session").Single();
        _node = response.Headers.GetValues("Parley-Node").Single();
        _first = await TakeAsync(response);
    }

    public override async Task SendAsync(params Command[] commands)
    {
        using var request = NewRequest(Write(commands), "Parley-Seq", ++_sent);
        using var response = await _http.Client.SendAsync(request).WaitAsync(Patience.Limit);
        if (response.StatusCode != HttpStatusCode.NoContent) throw new TransportRefusedException(response.StatusCode);
    }

    public override void Cut() => _http.Dispose();

    protected override async Task<bool> ReceiveAsync(ReplyReader reader)
    {
        if (_first is null && _isOver) return false;
        var batch = _first ?? await PollAsync();
        _first = null;
        reader.Add(batch);
        if (!Codec.IsBinary && !batch.AsSpan().EndsWith("\n"u8)) reader.Add("\n"u8);
        return true;
    }

    private async Task<byte[]> PollAsync()
    {
        for (var losses = 0; ;)
        {
            using var request = NewRequest(body: null, "Parley-Ack", _batch);
            using var response = await TrySendAsync(request, isLast: losses == MaxLosses);
            if (response is null)
            {
                losses++;
                continue;
            }

            if (response.StatusCode == HttpStatusCode.OK) return await TakeAsync(response);
            // 503 in a session: the node that the poll came to cannot take it to the session's now. 408: a test let time pass while it was on its way.
            if (response.StatusCode is not (HttpStatusCode.NoContent or HttpStatusCode.ServiceUnavailable or HttpStatusCode.RequestTimeout)) throw new TransportRefusedException(response.StatusCode);
        }
    }

    /// <returns>Null when the connection broke: a proxy gave the poll to a node that was just going away.</returns>
    private async Task<HttpResponseMessage?> TrySendAsync(HttpRequestMessage request, bool isLast)
    {
        try
        {
            return await _http.Client.SendAsync(request);
        }
        catch (Exception exception) when (exception is HttpRequestException or SocketException && !isLast)
        {
            return null;
        }
    }

    private HttpRequestMessage NewRequest(byte[]? body, string name, int number) => _http.NewRequest(
        "/connection/long_poll",
        body,
        ("Parley-Session", _session),
        ("Parley-Node", _node),
        (name, number.ToString(CultureInfo.InvariantCulture)));

    private async Task<byte[]> TakeAsync(HttpResponseMessage response)
    {
        var body = await response.Content.ReadAsByteArrayAsync();
        Assert.Equal((++_batch).ToString(CultureInfo.InvariantCulture), response.Headers.GetValues("Parley-Batch").Single());
        _isOver = response.Headers.Contains("Parley-Last");
        return body;
    }
}
