using System.Net;
using Microsoft.Extensions.Logging;
using Parley.Sessions;

namespace Parley.AspNetCore.Tests.Transports.LongPolling;

public sealed class LongPollLifetimeTests
{
    [Fact]
    public async Task Session_WithoutRequestsFor45Seconds_Ends()
    {
        await using var server = await LongPollServer.StartAsync();
        var (client, session) = await server.OpenAsync();
        using var _ = client;

        server.Time.Advance(TimeSpan.FromSeconds(44));
        Assert.Equal(HttpStatusCode.NoContent, (await client.PollAsync(ack: 1, wait: 0)).Status);
        server.Time.Advance(TimeSpan.FromSeconds(44));
        Assert.Equal(HttpStatusCode.NoContent, (await client.SendAsync(1, "still here")).Status);
        server.Time.Advance(TimeSpan.FromSeconds(44));
        Assert.Equal(0, session.Closes);
        server.Time.Advance(TimeSpan.FromSeconds(1.5));

        await session.Closed;
        Assert.Equal(HttpStatusCode.NotFound, (await client.PollAsync(ack: 1)).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await client.SendAsync(2, "too late")).Status);
        Assert.Equal((1, 0), (session.Closes, server.Limiter.Connections));
        Assert.Null(session.Breach);
    }

    [Fact]
    public async Task Silence_BeginsWhenAPollIsAnswered_NotWhenItCame()
    {
        await using var server = await LongPollServer.StartAsync();
        var (client, session) = await server.OpenAsync();
        using var _ = client;

        var poll = client.PollAsync(ack: 1);
        await LongPollServer.HoldsAsync(session);
        server.Time.Advance(TimeSpan.FromSeconds(25.5));
        await poll;
        server.Time.Advance(TimeSpan.FromSeconds(43));
        Assert.Equal(0, session.Closes);
        server.Time.Advance(TimeSpan.FromSeconds(2.5));

        await session.Closed;
    }

    [Fact]
    public async Task Silence_OfAClientThatLeftDuringAPoll_BeginsThen()
    {
        await using var server = await LongPollServer.StartAsync();
        var (client, session) = await server.OpenAsync();
        using var _ = client;
        using var leaving = new CancellationTokenSource();
        var poll = client.PollAsync(ack: 1, aborted: leaving.Token);
        await LongPollServer.HoldsAsync(session);

        await leaving.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => poll);
        await LongPollServer.HoldsNoneAsync(session);
        server.Time.Advance(TimeSpan.FromSeconds(45.5));

        await session.Closed;
        Assert.Equal(0, server.Limiter.Connections);
    }

    [Fact]
    public async Task Close_EndsTheLastBatch_AndTheSessionWhenThatIsAcknowledged()
    {
        await using var server = await LongPollServer.StartAsync();
        var (client, session) = await server.OpenAsync();
        using var _ = client;
        session.Send("before"u8);
        session.Connection.Close(DisconnectReason.ForceDisconnect);
        session.Connection.Close(DisconnectReason.Shutdown);
        Assert.True(session.Send("after"u8));

        Assert.Equal(HttpStatusCode.Gone, (await client.SendAsync(1, "too late")).Status);
        var last = await client.PollAsync(ack: 1);
        var again = await client.PollAsync(ack: 1);
        Assert.Equal(0, session.Closes);
        var over = await client.PollAsync(ack: 2);

        Assert.Equal(("before\nbye 3503 force disconnect\n", 2, true), (last.Text, last.Batch, last.IsLast));
        Assert.Equal((last.Text, 2, true), (again.Text, again.Batch, again.IsLast));
        Assert.Equal(HttpStatusCode.NotFound, over.Status);
        await session.Closed;
        Assert.Equal((1, 1, 0), (session.Messages, session.Closes, server.Limiter.Connections));
    }

    [Fact]
    public async Task Close_AnswersTheHeldPoll()
    {
        await using var server = await LongPollServer.StartAsync();
        var (client, session) = await server.OpenAsync();
        using var _ = client;
        var poll = client.PollAsync(ack: 1);
        await LongPollServer.HoldsAsync(session);

        session.Connection.Close(DisconnectReason.Shutdown);

        Assert.Equal(("bye 3001 shutdown\n", true), ((await poll).Text, (await poll).IsLast));
    }

    [Fact]
    public async Task Close_BehindABatchOnItsWay_ComesByTheNextOne()
    {
        await using var server = await LongPollServer.StartAsync();
        var (client, session) = await server.OpenAsync();
        using var _ = client;
        session.Send("news"u8);
        await client.PollAsync(ack: 1);

        session.Connection.Close(DisconnectReason.ForceReconnect);
        var again = await client.PollAsync(ack: 1);
        var last = await client.InSessionAsync(ack: 2, seq: 1, "not taken any more"u8.ToArray());

        Assert.Equal(("news\n", 2, false), (again.Text, again.Batch, again.IsLast));
        Assert.Equal(("bye 3011 force reconnect\n", 3, true), (last.Text, last.Batch, last.IsLast));
        Assert.Equal(1, session.Messages);
    }

    [Fact]
    public async Task CloseThatNobodyFetches_IsForgottenAfterTenSeconds()
    {
        await using var server = await LongPollServer.StartAsync();
        var (client, session) = await server.OpenAsync();
        using var _ = client;
        session.Connection.Close(DisconnectReason.ForceReconnect);

        server.Time.Advance(TimeSpan.FromSeconds(9));
        Assert.Equal(HttpStatusCode.OK, (await client.PollAsync(ack: 1)).Status);
        server.Time.Advance(TimeSpan.FromSeconds(1.5));

        await session.Closed;
        Assert.Equal(HttpStatusCode.NotFound, (await client.PollAsync(ack: 1)).Status);
        Assert.Equal(0, server.Limiter.Connections);
    }

    [Fact]
    public async Task CloseWithoutAWord_EndsTheHeldPollAndTheSession()
    {
        await using var server = await LongPollServer.StartAsync();
        var (client, session) = await server.OpenAsync();
        using var _ = client;
        var poll = client.PollAsync(ack: 1);
        await LongPollServer.HoldsAsync(session);

        session.Connection.Close(DisconnectReason.ConnectionClosed);

        Assert.Equal(HttpStatusCode.NotFound, (await poll).Status);
        await session.Closed;
        Assert.Equal(0, server.Limiter.Connections);
    }

    [Fact]
    public async Task WhatIsKeptForASlowClient_IsBounded_WithWhatIsOnItsWay()
    {
        await using var server = await LongPollServer.StartAsync(
            new LongPollServerOptions { Clients = new() { MaxQueuedBytes = 10_000 } });
        var (client, session) = await server.OpenAsync();
        using var _ = client;

        Assert.True(session.Send(new byte[5_999]));
        Assert.Equal(6_000, (await client.PollAsync(ack: 1)).Body.Length); // on its way, not acknowledged
        Assert.True(session.Send(new byte[3_999]));
        Assert.False(session.Send("one too many"u8));
        session.Connection.Close(DisconnectReason.Slow);

        Assert.Equal(6_000, (await client.PollAsync(ack: 1)).Body.Length);
        Assert.Equal("bye 3008 slow\n", (await client.PollAsync(ack: 2)).Text);
    }

    [Fact]
    public async Task OneFrameAboveTheBound_IsNoSignOfASlowClient()
    {
        await using var server = await LongPollServer.StartAsync(
            new LongPollServerOptions { Clients = new() { MaxQueuedBytes = 10_000 } });
        var (client, session) = await server.OpenAsync();
        using var _ = client;

        Assert.True(session.Send(new byte[50_000]));
        Assert.False(session.Send("one too many"u8));
        Assert.Equal(50_001, (await client.PollAsync(ack: 1)).Body.Length);
        Assert.Equal(HttpStatusCode.NoContent, (await client.PollAsync(ack: 2, wait: 0)).Status);
        Assert.True(session.Send("and on it goes"u8));
    }

    [Fact]
    public async Task ClientThatEndsTheSession_EndsItAtOnce()
    {
        await using var server = await LongPollServer.StartAsync();
        var (client, session) = await server.OpenAsync();
        using var _ = client;
        var poll = client.PollAsync(ack: 1);
        await LongPollServer.HoldsAsync(session);

        Assert.Equal(HttpStatusCode.NoContent, (await client.EndAsync()).Status);

        Assert.Equal(HttpStatusCode.NotFound, (await poll).Status);
        await session.Closed;
        Assert.Equal(HttpStatusCode.NotFound, (await client.EndAsync()).Status);
        Assert.Equal((1, 0), (session.Closes, server.Limiter.Connections));
    }

    [Fact]
    public async Task ProtocolThatIsStillAtWork_IsToldOfTheEndWhenItIsDone()
    {
        await using var server = await LongPollServer.StartAsync();
        var goOn = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        server.Protocol.OnMessage = async (_, _) => await goOn.Task;
        var (client, session) = await server.OpenSlowAsync();
        using var _ = client;
        await client.SendAsync(1, "waits for its turn");

        await client.EndAsync();
        Assert.Equal(0, session.Closes);
        goOn.SetResult();

        await session.Closed;
        Assert.Null(session.Breach);
        Assert.Equal(1, session.Messages);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task ProtocolThatFails_ClosesWith3004_AndTellsTheClientNothingMore(bool isAsynchronous)
    {
        await using var server = await LongPollServer.StartAsync();
        server.Protocol.OnMessage = async (_, _) =>
        {
            if (isAsynchronous) await Task.Yield();
            throw new InvalidOperationException("secret of the house");
        };
        using var client = server.NewClient();

        var answer = await client.OpenAsync("canary");

        Assert.Equal(("bye 3004 internal server error\n", true), (answer.Text, answer.IsLast));
        var entry = Assert.Single(server.Log.Ours, static entry => entry.Level == LogLevel.Error);
        Assert.Contains("secret of the house", entry.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("canary", entry.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Session_CountsAsOneConnection_WhateverItsRequests()
    {
        await using var server = await LongPollServer.StartAsync(new LongPollServerOptions { Clients = new() { MaxConnections = 1 } });
        var (client, session) = await server.OpenAsync();
        using var _ = client;
        using var other = server.NewClient();

        Assert.Equal(HttpStatusCode.NoContent, (await client.SendAsync(1, "x")).Status);
        Assert.Equal(HttpStatusCode.OK, (await client.PollAsync(ack: 1)).Status);
        var refused = await other.OpenAsync();
        await client.EndAsync();
        await session.Closed;

        Assert.Equal(HttpStatusCode.ServiceUnavailable, refused.Status);
        Assert.InRange(int.Parse(refused.Headers["Retry-After"], System.Globalization.CultureInfo.InvariantCulture), 1, 6);
        Assert.Equal(HttpStatusCode.OK, (await other.OpenAsync()).Status);
    }

    [Fact]
    public async Task ServerThatStops_OpensNoSession()
    {
        await using var server = await LongPollServer.StartAsync();
        var (client, session) = await server.OpenAsync();
        using var _ = client;
        var held = client.PollAsync(ack: 1);
        await LongPollServer.HoldsAsync(session);
        using var other = server.NewClient();
        await other.RequestAsync(HttpMethod.Options, null); // a link that is there when the host stops listening

        server.AnnounceStop();

        Assert.Equal(HttpStatusCode.ServiceUnavailable, (await other.OpenAsync()).Status);
        session.Connection.Close(DisconnectReason.Shutdown);
        Assert.Equal("bye 3001 shutdown\n", (await held).Text);
    }
}
