using System.Net.Sockets;
using Microsoft.Extensions.DependencyInjection;
using Parley.Testing;
using Parley.Webhooks.Catalog;
using Parley.Webhooks.Deliveries;
using Parley.Webhooks.Endpoints;
using Parley.Webhooks.Tests.Support;

namespace Parley.Webhooks.Tests.Outbound;

/// <summary>A receiver with every bad habit costs an attempt, and nobody else anything.</summary>
public sealed class BadReceiverTests : IAsyncLifetime
{
    private const int NextTry = 24 * 3600;

    /// <summary>What the system's own buffers may hold of an answer, and some that is read to use the connection again.</summary>
    private const long MostTaken = 24 * 1024 * 1024;

    private WebhookNode _node = null!;
    private Receiver _good = null!;

    public static TheoryData<string> Hanging => [.. BadHabits.Hanging.Keys];

    public static TheoryData<string> Failing => [.. BadHabits.Failing.Keys];

    public static TheoryData<string> Taking => [.. BadHabits.Taking.Keys];

    public static TheoryData<string> Insecure => [.. BadHabits.Insecure.Keys];

    public async ValueTask InitializeAsync()
    {
        _node = await WebhookNode.StartAsync();
        _good = await Receiver.StartAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await _node.DisposeAsync();
        await _good.DisposeAsync();
    }

    [Theory]
    [MemberData(nameof(Hanging))]
    public async Task One_that_comes_to_no_end_is_left_at_the_deadline(string habit)
    {
        await using var bad = new RawReceiver(BadHabits.Hanging[habit]);
        var endpoint = await AddAsync(habit.Contains("handshake", StringComparison.Ordinal) ? bad.SecureUrl : bad.Url);

        await IsLeftAtTheDeadlineAsync(endpoint);
        if (bad.Url == endpoint.Url)
            await IsDeliveredWhenItIsWellAgainAsync(bad, endpoint);
    }

    [Fact]
    public async Task One_that_does_not_accept_the_connection_is_left_at_the_deadline()
    {
        await using var bad = new RawReceiver(habit: null);

        await IsLeftAtTheDeadlineAsync(await AddAsync(bad.Url));
    }

    [Fact]
    public async Task One_whose_queue_of_connections_is_full_is_left_at_the_deadline()
    {
        await using var bad = new RawReceiver(habit: null, backlog: 0);
        using var first = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        await first.ConnectAsync(bad.Address);

        await IsLeftAtTheDeadlineAsync(await AddAsync(bad.Url));
    }

    [Theory]
    [MemberData(nameof(Failing))]
    public async Task One_that_breaks_the_exchange_costs_an_attempt_at_once(string habit)
    {
        var (errors, act) = BadHabits.Failing[habit];
        long written = 0;
        await using var bad = new RawReceiver(async connection =>
        {
            try
            {
                await act(connection);
            }
            finally
            {
                written = connection.Written;
            }
        });
        var endpoint = await AddAsync(bad.Url);

        var failed = await SendAsync(endpoint, DeliveryState.Waiting);

        Assert.Contains(failed.LastError.ToString()!.ToLowerInvariant(), errors.Split(' '));
        Assert.InRange(written, 0, MostTaken);
        await IsDeliveredWhenItIsWellAgainAsync(bad, endpoint);
    }

    [Theory]
    [MemberData(nameof(Taking))]
    public async Task One_that_takes_it_in_an_odd_way_has_taken_it(string habit)
    {
        var ended = new TaskCompletionSource<long>(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var bad = new RawReceiver(async connection =>
        {
            try
            {
                await BadHabits.Taking[habit](connection);
            }
            finally
            {
                ended.TrySetResult(connection.Written);
            }
        });
        var endpoint = await AddAsync(bad.Url);

        var taken = await SendAsync(endpoint, DeliveryState.Succeeded);

        Assert.Equal(1, taken.Attempts);
        var exchange = (await _node.Store.ListAttemptsAsync(taken.Key, int.MaxValue, 1))[0].Exchange!;
        Assert.InRange(exchange.ResponseBody!.Length, 0, 16 * 1024);
        Assert.Equal(habit.Contains("without an end", StringComparison.Ordinal) || habit.Contains("terabyte", StringComparison.Ordinal) || habit.Contains("bomb", StringComparison.Ordinal), exchange.IsResponseBodyCut);
        if (habit.Contains("bomb", StringComparison.Ordinal))
            Assert.StartsWith("\x1F", exchange.ResponseBody, StringComparison.Ordinal); // as it came, not unpacked
        if (exchange.IsResponseBodyCut)
            Assert.InRange(await ended.Task.WaitAsync(Patience.Limit), 0, MostTaken);
    }

    [Theory]
    [MemberData(nameof(Insecure))]
    public async Task One_that_is_not_secure_gets_nothing(string habit)
    {
        var (words, act) = BadHabits.Insecure[habit];
        var got = "";
        await using var bad = new RawReceiver(async connection =>
        {
            try
            {
                await act(connection);
            }
            finally
            {
                got += connection.Got;
            }
        });
        var endpoint = await AddAsync(bad.SecureUrl);

        var failed = await SendAsync(endpoint, DeliveryState.Waiting);

        Assert.Equal(DeliveryError.Tls, failed.LastError);
        var detail = (await _node.Store.ListAttemptsAsync(failed.Key, int.MaxValue, 1))[0].Exchange!.Detail;
        Assert.Contains(words, detail, StringComparison.Ordinal);
        Assert.DoesNotContain("hooks", got, StringComparison.Ordinal);
    }

    [Fact]
    public async Task One_that_speaks_TLS_where_HTTP_is_expected_costs_an_attempt()
    {
        await using var bad = new RawReceiver(BadHabits.After("\x15\x03\x03\x00\x02\x02\x0A"));

        Assert.Equal(DeliveryError.Protocol, (await SendAsync(await AddAsync(bad.Url), DeliveryState.Waiting)).LastError);
    }

    [Fact]
    public async Task Nobody_who_listens_costs_an_attempt()
    {
        var gone = new RawReceiver(habit: null);
        var url = gone.Url;
        await gone.DisposeAsync();

        Assert.Equal(DeliveryError.Connect, (await SendAsync(await AddAsync(url), DeliveryState.Waiting)).LastError);
    }

    [Fact]
    public async Task A_connection_that_the_receiver_closed_while_nothing_was_sent_is_not_used_again()
    {
        await using var receiver = new RawReceiver(BadHabits.After("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"));
        var endpoint = await AddAsync(receiver.Url);

        for (var index = 1; index <= 5; index++)
        {
            Assert.Equal(1, (await SendAsync(endpoint, DeliveryState.Succeeded)).Attempts);
            Assert.Equal(index, receiver.Connections);
        }
    }

    [Fact]
    public async Task A_connection_that_the_receiver_closes_as_it_is_used_again_costs_an_attempt()
    {
        await using var receiver = new RawReceiver(async connection =>
        {
            await connection.ReadAsync();
            await connection.WriteAsync("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
            await connection.ReadAsync();
        });
        var endpoint = await AddAsync(receiver.Url);
        await SendAsync(endpoint, DeliveryState.Succeeded);

        var failed = await SendAsync(endpoint, DeliveryState.Waiting);

        Assert.Equal((1, DeliveryError.Protocol), (receiver.Connections, failed.LastError));
        await IsDeliveredWhenItIsWellAgainAsync(receiver, endpoint);
    }

    [Theory]
    [InlineData("HTTP/1.1 204 No Content\r\n\r\nHTTP/1.1 410 Gone\r\nContent-Length: 0\r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nokHTTP/1.1 410 Gone\r\nContent-Length: 0\r\n\r\n")]
    public async Task An_answer_too_many_is_not_taken_for_that_of_the_next_request(string answers)
    {
        await using var receiver = new RawReceiver(async connection =>
        {
            while ((await connection.ReadAsync()).Length > 0)
                await connection.WriteAsync(answers);
        });
        var endpoint = await AddAsync(receiver.Url);

        for (var index = 0; index < 3; index++)
            await SendAsync(endpoint, DeliveryState.Succeeded);
    }

    [Theory]
    [InlineData(410, "HTTP/1.1 410 Gone\r\nContent-Length: 10\r\n\r\nabc")]
    [InlineData(500, "HTTP/1.1 500 Error\r\nwebhook-delivery: disable\r\nContent-Length: 10\r\n\r\nabc")]
    public async Task What_the_headers_say_counts_also_when_the_body_breaks_off(int status, string answer)
    {
        await using var receiver = new RawReceiver(BadHabits.After(answer));
        var endpoint = await AddAsync(receiver.Url);

        var receipt = await _node.SendAsync();
        var attempt = (await Eventually.BecomesAsync(() => _node.AttemptsAsync(receipt.Id, endpoint).AsTask(), static attempts => attempts.Count > 0))[0];
        Assert.Equal((DeliveryError.Protocol, status), (attempt.Error, attempt.Status));

        await Eventually.BecomesAsync(
            async () => (await _node.Services.GetRequiredService<WebhookCatalog>().FindEndpointAsync(_node.Application, endpoint.Id))!,
            static endpoint => endpoint.State is EndpointState.Disabled);
    }

    [Theory]
    [InlineData("Retry-After: 99999999999", 86400)]
    [InlineData("Retry-After:   120  ", 120)]
    [InlineData("Retry-After: 0", 1)]
    [InlineData("Retry-After: Wed, 21 Oct 2015 07:28:00 GMT", 1)]
    [InlineData("Retry-After: Wed, 21 Oct 2099 07:28:00 GMT", 86400)]
    [InlineData("Retry-After: 1.5", NextTry)]
    [InlineData("Retry-After:", NextTry)]
    [InlineData("Retry-After: 120\r\nRetry-After: 240", NextTry)]
    [InlineData("Retry-After: 120, 240", NextTry)]
    [InlineData("Retry-After: \u00B2\u00B3", NextTry)]
    public async Task What_the_receiver_asks_to_wait_is_understood_or_left(string header, int seconds)
    {
        await using var receiver = new RawReceiver(BadHabits.After($"HTTP/1.1 429 Too Many\r\n{header}\r\nContent-Length: 0\r\n\r\n"));
        var endpoint = await AddAsync(receiver.Url);
        var before = _node.Time.GetUtcNow();

        var receipt = await _node.SendAsync();
        var attempt = (await Eventually.BecomesAsync(() => _node.AttemptsAsync(receipt.Id, endpoint).AsTask(), static attempts => attempts.Count > 0))[^1];

        Assert.Equal(429, attempt.Status);
        var wait = ((await _node.DeliveryAsync(receipt.Id, endpoint, DeliveryState.Waiting)).DueAt!.Value - before).TotalSeconds;
        if (seconds == NextTry)
            Assert.InRange(wait, NextTry * 0.9, NextTry * 1.1);
        else
            Assert.Equal(seconds, wait, 0.01);
    }

    private async Task<Endpoint> AddAsync(string url)
    {
        await _node.AddEndpointAsync(_good, static endpoint => endpoint with { Uid = "good" });
        return await _node.AddEndpointAsync(_good, endpoint => endpoint with { Url = url, RetrySchedule = [NextTry] });
    }

    /// <summary>Sends a message, which the good receiver gets in any case.</summary>
    private async Task<Delivery> SendAsync(Endpoint endpoint, DeliveryState state)
    {
        var receipt = await _node.SendAsync($$"""{"text":"{{new string('x', 10_000)}}"}""");
        Assert.Equal(receipt.Id, (await _good.NextAsync()).Id);
        return await _node.DeliveryAsync(receipt.Id, endpoint, state);
    }

    private async Task IsLeftAtTheDeadlineAsync(Endpoint endpoint)
    {
        var receipt = await _node.SendAsync();
        Assert.Equal(receipt.Id, (await _good.NextAsync()).Id);
        var key = WebhookNode.Key(receipt.Id, endpoint);
        Assert.Equal(DeliveryState.Sending, (await _node.Store.ReadDeliveryAsync(key))!.State);

        await _node.PassUntilAsync(
            TimeSpan.FromSeconds(1), () => _node.Store.ReadDeliveryAsync(key).AsTask().GetAwaiter().GetResult()!.State is not DeliveryState.Sending);

        var failed = await _node.Store.ReadDeliveryAsync(key);
        Assert.Equal((DeliveryState.Waiting, DeliveryError.Timeout, 1), (failed!.State, failed.LastError, failed.Attempts));
        var attempt = Assert.Single(await _node.Store.ListAttemptsAsync(key, int.MaxValue, 10));
        Assert.InRange(attempt.Duration, endpoint.Timeout, Patience.Limit);
        Assert.Contains("within 15 s", attempt.Exchange!.Detail, StringComparison.Ordinal);
    }

    private async Task IsDeliveredWhenItIsWellAgainAsync(RawReceiver receiver, Endpoint endpoint)
    {
        receiver.Become(BadHabits.After("HTTP/1.1 204 No Content\r\n\r\n"));
        var waiting = Assert.Single((await _node.Store.ListDeliveriesAsync(
            new Storage.DeliveryQuery { Endpoint = endpoint.Id, State = DeliveryState.Waiting, Limit = 10 })).Items);

        _node.Time.Advance(TimeSpan.FromSeconds(NextTry * 1.2));

        var done = await Eventually.BecomesAsync(
            async () => (await _node.Store.ReadDeliveryAsync(waiting.Key))!, static delivery => delivery.State is DeliveryState.Succeeded);
        Assert.Equal(2, done.Attempts);
    }
}
