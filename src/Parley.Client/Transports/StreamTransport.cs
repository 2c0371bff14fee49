using System.Net;
using System.Net.Http.Headers;
using Parley.Client.Connections;

namespace Parley.Client.Transports;

/// <summary>Replies as one endless HTTP response; commands as the body that asks for it, and then as requests of their own.</summary>
internal abstract class StreamTransport(TransportSettings settings, Uri address, IFrameSplitter splitter) : IClientTransport
{
    private const int FirstBufferSize = 16 * 1024;

    private readonly EmulationSender _sender = new(settings);
    private HttpResponseMessage? _response;
    private Stream? _stream;
    private byte[] _buffer = new byte[FirstBufferSize];
    private int _start;
    private int _end;

    public CloseReason? Closed => null; // is said by a push

    /// <summary>What the response is asked to be.</summary>
    protected abstract MediaTypeWithQualityHeaderValue? Accepted { get; }

    public async Task OpenAsync(ReadOnlyMemory<byte> firstFrame, CancellationToken cancellationToken)
    {
        using var request = settings.NewRequest(address, firstFrame);
        if (Accepted is not null) request.Headers.Accept.Add(Accepted);
        _response = await settings.HttpClient
            .SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken).ConfigureAwait(false);
        if (_response.StatusCode != HttpStatusCode.OK) throw new TransportRefusedException(_response.StatusCode);
        _stream = await _response.Content.ReadAsStreamAsync(cancellationToken).ConfigureAwait(false);
    }

    public void Accept(string session, string node) => _sender.Open(session, node);

    public ValueTask SendAsync(ReadOnlyMemory<byte> frame, CancellationToken cancellationToken) =>
        _sender.SendAsync(frame, cancellationToken);

    public async ValueTask<ReadOnlyMemory<byte>?> ReceiveAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            var frame = splitter.Take(_buffer.AsSpan(_start.._end), out var taken);
            _start += taken;
            if (!frame.IsEmpty) return frame;
            MakeRoom();
            var count = await _stream!.ReadAsync(_buffer.AsMemory(_end), cancellationToken).ConfigureAwait(false);
            if (count == 0) return null;
            _end += count;
        }
    }

    // A client ends a response by not reading on.
    public ValueTask<bool> CloseAsync(CancellationToken cancellationToken) => ValueTask.FromResult(false);

    public ValueTask DisposeAsync()
    {
        _response?.Dispose();
        return ValueTask.CompletedTask;
    }

    private void MakeRoom()
    {
        if (_start == _end) _start = _end = 0;
        if (_end < _buffer.Length) return;
        var rest = _buffer.AsSpan(_start.._end);
        // A stream that waits half full with one reply needs more, not to be moved about.
        var target = rest.Length > _buffer.Length / 2 ? new byte[_buffer.Length * 2] : _buffer;
        rest.CopyTo(target);
        (_buffer, _start, _end) = (target, 0, rest.Length);
    }
}
