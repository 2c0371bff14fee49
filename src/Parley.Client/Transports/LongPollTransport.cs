using System.Globalization;
using System.Net;
using Parley.Client.Connections;

namespace Parley.Client.Transports;

/// <summary>Plain requests with numbered batches of replies and numbered bodies of commands: docs/protocol/long-polling.md.</summary>
/// <remarks>A request that is lost is repeated, so a short trouble of the network does not end the connection.</remarks>
internal sealed class LongPollTransport(TransportSettings settings) : IClientTransport
{
    private const string SessionHeader = "Parley-Session";
    private const string NodeHeader = "Parley-Node";
    private const string AckHeader = "Parley-Ack";
    private const string SequenceHeader = "Parley-Seq";
    private const string BatchHeader = "Parley-Batch";
    private const string LastHeader = "Parley-Last";

    /// <summary>The server holds a poll for 25 seconds.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(35);

    /// <summary>The server forgets a session that is silent for so long.</summary>
    private static readonly TimeSpan SessionSilence = TimeSpan.FromSeconds(45);

    private static readonly TimeSpan PauseAfterConflict = TimeSpan.FromSeconds(1);

    private readonly Uri _address = settings.Addresses.LongPoll;
    private string _session = "";
    private string _node = "";
    private ReadOnlyMemory<byte>? _first;
    private long _batch;
    private long _sequence;
    private bool _isOver;

    public CloseReason? Closed => null; // is said by a push

    public async Task OpenAsync(ReadOnlyMemory<byte> firstFrame, CancellationToken cancellationToken)
    {
        using var request = settings.NewRequest(_address, firstFrame);
        using var response = await settings.HttpClient.SendAsync(request, cancellationToken).ConfigureAwait(false);
        if (response.StatusCode != HttpStatusCode.OK) throw new TransportRefusedException(response.StatusCode);
        _session = HeaderOf(response, SessionHeader) ?? throw new InvalidDataException("The server names no session.");
        _node = HeaderOf(response, NodeHeader) ?? "";
        _batch = 1;
        _first = await TakeAsync(response, cancellationToken).ConfigureAwait(false);
    }

    public void Accept(string session, string node)
    {
        // Was named by the answer to the opening.
    }

    public async ValueTask SendAsync(ReadOnlyMemory<byte> frame, CancellationToken cancellationToken)
    {
        _sequence++;
        await RepeatAsync(
            () => settings.NewRequest(_address, frame),
            SequenceHeader,
            _sequence,
            static (response, _) => ValueTask.FromResult(
                response.StatusCode is HttpStatusCode.NoContent or HttpStatusCode.Gone), // of the latter the next poll tells why
            cancellationToken).ConfigureAwait(false);
    }

    public async ValueTask<ReadOnlyMemory<byte>?> ReceiveAsync(CancellationToken cancellationToken)
    {
        var frame = _first;
        _first = null;
        if (frame is not null) return frame;
        if (_isOver) return null;
        await RepeatAsync(
            () => settings.NewRequest(_address, body: null),
            AckHeader,
            _batch,
            async (response, stop) =>
            {
                if (response.StatusCode == HttpStatusCode.NoContent) return true;
                if (response.StatusCode != HttpStatusCode.OK) return false;
                var number = (_batch + 1).ToString(CultureInfo.InvariantCulture);
                if (HeaderOf(response, BatchHeader) != number) return true; // an answer that was late
                frame = await TakeAsync(response, stop).ConfigureAwait(false);
                _batch++;
                return true;
            },
            cancellationToken).ConfigureAwait(false);
        return frame ?? ReadOnlyMemory<byte>.Empty;
    }

    public async ValueTask<bool> CloseAsync(CancellationToken cancellationToken)
    {
        if (_session.Length == 0 || _isOver) return false;
        using var request = settings.NewRequest(_address, body: null);
        request.Method = HttpMethod.Delete;
        Name(request);
        using var response = await settings.HttpClient.SendAsync(request, cancellationToken).ConfigureAwait(false);
        return false;
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    /// <summary>Sends the same request until it is answered; what has a number is done once however often it comes.</summary>
    private async Task RepeatAsync(
        Func<HttpRequestMessage> newRequest,
        string numberHeader,
        long number,
        Func<HttpResponseMessage, CancellationToken, ValueTask<bool>> tryTake,
        CancellationToken cancellationToken)
    {
        var began = settings.Time.GetTimestamp();
        var backoff = settings.NewBackoff();
        while (true)
        {
            var pause = backoff.Next();
            try
            {
                using var limit = new CancellationTokenSource(Patience, settings.Time);
                using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, limit.Token);
                using var request = newRequest();
                Name(request);
                request.Headers.Add(numberHeader, number.ToString(CultureInfo.InvariantCulture));
                using var response = await settings.HttpClient.SendAsync(request, either.Token).ConfigureAwait(false);
                if (await tryTake(response, either.Token).ConfigureAwait(false)) return;
                if (response.StatusCode == HttpStatusCode.Conflict) pause = PauseAfterConflict;
                else if (response.StatusCode == HttpStatusCode.TooManyRequests) pause = response.Headers.RetryAfter?.Delta ?? pause;
                else if (response.StatusCode < HttpStatusCode.InternalServerError) throw new TransportRefusedException(response.StatusCode);
            }
            catch (Exception exception) when (IsOfTheNetwork(exception) && !cancellationToken.IsCancellationRequested)
            {
                if (settings.Time.GetElapsedTime(began) > Patience + SessionSilence) throw;
            }

            await Task.Delay(pause, settings.Time, cancellationToken).ConfigureAwait(false);
        }
    }

    private async ValueTask<ReadOnlyMemory<byte>> TakeAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        var body = await response.Content.ReadAsByteArrayAsync(cancellationToken).ConfigureAwait(false);
        _isOver = response.Headers.Contains(LastHeader);
        return body;
    }

    private void Name(HttpRequestMessage request)
    {
        request.Headers.Add(SessionHeader, _session);
        request.Headers.Add(NodeHeader, _node);
    }

    private static bool IsOfTheNetwork(Exception exception) =>
        exception is HttpRequestException or IOException or OperationCanceledException;

    private static string? HeaderOf(HttpResponseMessage response, string name) =>
        response.Headers.TryGetValues(name, out var values) ? values.Single() : null;
}
