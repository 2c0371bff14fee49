using System.Globalization;
using System.Net;
using System.Net.Sockets;
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
    private const string WaitHeader = "Parley-Wait";

    /// <summary>The server holds a poll for 25 seconds.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(35);

    /// <summary>The server forgets a session that is silent for so long.</summary>
    private static readonly TimeSpan SessionSilence = TimeSpan.FromSeconds(45);

    private static readonly TimeSpan PauseAfterConflict = TimeSpan.FromSeconds(1);

    /// <summary>How long the server holds a poll that does not say otherwise.</summary>
    private const int LongestHold = 25;

    /// <summary>A poll that ends without an answer before is trouble; later, something in between has cut it.</summary>
    private static readonly TimeSpan ShortestCut = TimeSpan.FromSeconds(2);

    private readonly Uri _address = settings.Addresses.LongPoll;
    private string _session = "";
    private string _node = "";
    private ReadOnlyMemory<byte>? _first;
    private long _batch;
    private long _sequence;
    private bool _isOver;
    private int _hold = LongestHold;
    private int _cuts;

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
            NewPoll,
            AckHeader,
            _batch,
            async (response, stop) =>
            {
                var isNext = response.StatusCode == HttpStatusCode.OK
                    && HeaderOf(response, BatchHeader) == (_batch + 1).ToString(CultureInfo.InvariantCulture);
                // Another batch is an answer that was late, and a 200 without a number is not the server's.
                if (!isNext && response.StatusCode != HttpStatusCode.NoContent) return false;
                _cuts = 0;
                if (!isNext) return true;
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
        var heard = settings.Time.GetTimestamp();
        var backoff = settings.NewBackoff();
        while (true)
        {
            var began = settings.Time.GetTimestamp();
            var pause = TimeSpan.Zero;
            var isAnswered = false;
            try
            {
                using var limit = new CancellationTokenSource(Patience, settings.Time);
                using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, limit.Token);
                using var request = newRequest();
                Name(request);
                request.Headers.Add(numberHeader, number.ToString(CultureInfo.InvariantCulture));
                using var response = await settings.HttpClient.SendAsync(request, either.Token).ConfigureAwait(false);
                if (await tryTake(response, either.Token).ConfigureAwait(false)) return;
                var status = response.StatusCode;
                isAnswered = status is not (HttpStatusCode.RequestTimeout or HttpStatusCode.BadGateway or HttpStatusCode.GatewayTimeout);
                if (status == HttpStatusCode.Conflict) (pause, heard) = (PauseAfterConflict, settings.Time.GetTimestamp());
                else if (!MayBeBetterLater(status) || IsTooLong(heard)) throw new TransportRefusedException(status);
                else pause = response.Headers.RetryAfter?.Delta ?? TimeSpan.Zero;
            }
            catch (Exception exception) when (IsOfTheNetwork(exception) && !cancellationToken.IsCancellationRequested)
            {
                if (IsTooLong(heard)) throw;
            }

            if (pause == TimeSpan.Zero)
                pause = !isAnswered && numberHeader == AckHeader && IsCut(settings.Time.GetElapsedTime(began)) ? settings.NewBackoff().Next() : backoff.Next();
            await Task.Delay(pause, settings.Time, cancellationToken).ConfigureAwait(false);
        }
    }

    private HttpRequestMessage NewPoll()
    {
        var request = settings.NewRequest(_address, body: null);
        if (_hold < LongestHold) request.Headers.Add(WaitHeader, _hold.ToString(CultureInfo.InvariantCulture));
        return request;
    }

    /// <summary>
    /// Whether something in between ended a held poll, which is then no reason to wait. What happens once may have been a breath of the network;
    /// something that cuts again does so after as long a time, so the next polls are shorter.
    /// </summary>
    private bool IsCut(TimeSpan held)
    {
        if (held < ShortestCut || held.TotalSeconds >= _hold) return false;
        if (++_cuts > 1) _hold = Math.Max(1, (int)(held.TotalSeconds * 0.8));
        return true;
    }

    private bool IsTooLong(long since) => settings.Time.GetElapsedTime(since) > Patience + SessionSilence;

    /// <summary>Whether the same request may get another answer; 200 that is not taken came late, or from something in between.</summary>
    private static bool MayBeBetterLater(HttpStatusCode status) => status
        is HttpStatusCode.OK or HttpStatusCode.RequestTimeout or HttpStatusCode.TooManyRequests or >= HttpStatusCode.InternalServerError;

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

    // A bare SocketException comes of a connection that is reset in the moment in which it is made.
    private static bool IsOfTheNetwork(Exception exception) =>
        exception is HttpRequestException or SocketException or IOException or OperationCanceledException;

    private static string? HeaderOf(HttpResponseMessage response, string name) =>
        response.Headers.TryGetValues(name, out var values) ? values.Single() : null;
}
