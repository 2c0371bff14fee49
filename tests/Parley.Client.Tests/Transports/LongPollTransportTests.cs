using System.Net;
using System.Net.Sockets;
using System.Threading.Channels;
using Parley.Client.Connections;
using Parley.Client.Tests.Connections;
using Parley.Client.Transports;
using Parley.Testing;

namespace Parley.Client.Tests.Transports;

/// <summary>Polls through something that does not leave them alone.</summary>
public sealed class LongPollTransportTests : IDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(35); // of a request

    private readonly TimerLog _time = new();
    private readonly Network _network = new();
    private readonly TransportSettings _settings;

    public LongPollTransportTests() => _settings = new TransportSettings(
        new Uri("http://localhost"),
        new ParleyClientOptions { TimeProvider = _time, HttpClient = new HttpClient(_network) { Timeout = Timeout.InfiniteTimeSpan } },
        static () => new Backoff(TimeSpan.FromSeconds(0.5), TimeSpan.FromSeconds(20), new Random(1)));

    public void Dispose()
    {
        _settings.HttpClient.Dispose();
        _settings.Dispose();
    }

    [Theory]
    [InlineData(HttpStatusCode.OK)]
    [InlineData(HttpStatusCode.ServiceUnavailable)]
    [InlineData(null)]
    public async Task An_answer_that_is_not_the_servers_is_asked_for_again_after_a_pause_and_not_for_ever(HttpStatusCode? status)
    {
        var receiving = (await OpenAsync()).ReceiveAsync(CancellationToken.None).AsTask();
        var began = _time.GetUtcNow();
        var requests = 0;

        while (true)
        {
            (await _network.NextAsync()).Answer(status);
            requests++;
            var pause = _time.NextDelayAsync(Limit);
            if (await Task.WhenAny(receiving, pause) == receiving) break;
            _time.Advance(await pause);
        }

        await Assert.ThrowsAnyAsync<Exception>(() => receiving);
        Assert.InRange((_time.GetUtcNow() - began).TotalSeconds, 80, 105);
        Assert.InRange(requests, 5, 60);
    }

    [Fact]
    public async Task Polls_that_are_cut_come_back_soon_and_are_asked_to_be_short_when_it_is_so_every_time()
    {
        var receiving = (await OpenAsync()).ReceiveAsync(CancellationToken.None).AsTask();
        var poll = await _network.NextAsync();
        foreach (var wait in new[] { null, "16" })
        {
            _time.Advance(TimeSpan.FromSeconds(20));
            poll.Answer(HttpStatusCode.GatewayTimeout);
            var pause = await _time.NextDelayAsync(Limit);
            Assert.InRange(pause.TotalSeconds, 0, 0.5);
            _time.Advance(pause);
            poll = await _network.NextAsync();
            Assert.Equal(wait, poll.Header("Parley-Wait"));
        }

        poll.Answer(HttpStatusCode.NoContent);

        Assert.True((await receiving)!.Value.IsEmpty);
    }

    [Fact]
    public async Task A_poll_whose_connection_is_reset_as_soon_as_it_is_made_is_sent_again()
    {
        var receiving = (await OpenAsync()).ReceiveAsync(CancellationToken.None).AsTask();

        // As it comes from the web client, bare.
        (await _network.NextAsync()).Fail(new SocketException((int)SocketError.NotConnected));
        _time.Advance(await _time.NextDelayAsync(Limit));
        (await _network.NextAsync()).Answer(HttpStatusCode.NoContent);

        Assert.True((await receiving)!.Value.IsEmpty);
    }

    private async Task<LongPollTransport> OpenAsync()
    {
        var transport = new LongPollTransport(_settings);
        var opening = transport.OpenAsync("{}"u8.ToArray(), CancellationToken.None);
        (await _network.NextAsync()).Answer(HttpStatusCode.OK, ("Parley-Session", "s"), ("Parley-Node", "n"), ("Parley-Batch", "1"));
        await opening;
        await transport.ReceiveAsync(CancellationToken.None); // the batch of the opening
        return transport;
    }

    private sealed class Exchange(HttpRequestMessage request)
    {
        private readonly TaskCompletionSource<HttpResponseMessage> _answer = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task<HttpResponseMessage> Answered => _answer.Task;

        public string? Header(string name) => request.Headers.TryGetValues(name, out var values) ? values.Single() : null;

        /// <summary>Answers, or cuts the connection.</summary>
        public void Answer(HttpStatusCode? status, params (string Name, string Value)[] headers)
        {
            if (status is null)
            {
                Fail(new HttpRequestException("cut"));
                return;
            }

            var response = new HttpResponseMessage(status.Value) { Content = new StringContent("<html>") };
            foreach (var (name, value) in headers) response.Headers.Add(name, value);
            _answer.SetResult(response);
        }

        public void Fail(Exception exception) => _answer.SetException(exception);
    }

    private sealed class Network : HttpMessageHandler
    {
        private readonly Channel<Exchange> _exchanges = Channel.CreateUnbounded<Exchange>();

        public Task<Exchange> NextAsync() => _exchanges.Reader.ReadAsync().AsTask().WaitAsync(Patience.Limit);

        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            var exchange = new Exchange(request);
            _exchanges.Writer.TryWrite(exchange);
            return await exchange.Answered.WaitAsync(cancellationToken);
        }
    }
}
