using System.Net;
using System.Text;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace Parley.AspNetCore.Tests.Transports.LongPolling;

public sealed class LongPollBasicsTests
{
    [Fact]
    public async Task Opening_IsAnsweredWithTheSession_AndTheRepliesToItsCommandsAsFirstBatch()
    {
        await using var server = await LongPollServer.StartAsync();
        using var client = server.NewClient();

        var answer = await client.OpenAsync("connect");

        Assert.Equal(HttpStatusCode.OK, answer.Status);
        Assert.Equal(("connect\n", 1, false), (answer.Text, answer.Batch, answer.IsLast));
        Assert.Equal("application/json", answer.Headers["Content-Type"]);
        Assert.Equal(LongPollServer.NodeId, client.Node);
        Assert.Equal(32, client.Session.Length);
        Assert.Equal("no-store", answer.Headers["Cache-Control"]);
        Assert.Equal("no", answer.Headers["X-Accel-Buffering"]);
        Assert.Equal("nosniff", answer.Headers["X-Content-Type-Options"]);
        var session = await server.Protocol.NextAsync();
        Assert.Equal("long_poll", session.Connection.Transport);
        Assert.Equal(1, server.Limiter.Connections);
    }

    [Fact]
    public async Task Sessions_HaveSecretsOfTheirOwn()
    {
        await using var server = await LongPollServer.StartAsync();
        var (one, _) = await server.OpenAsync();
        var (other, _) = await server.OpenAsync();
        using (one)
        using (other)
            Assert.NotEqual(one.Session, other.Session);
    }

    [Theory]
    [InlineData(HttpProtocols.Http1)]
    [InlineData(HttpProtocols.Http2)]
    public async Task Poll_IsHeldUntilThereIsSomething(HttpProtocols protocols)
    {
        await using var server = await LongPollServer.StartAsync(new LongPollServerOptions { Protocols = protocols });
        var (client, session) = await server.OpenAsync();
        using var _ = client;

        var poll = client.PollAsync(ack: 1);
        await LongPollServer.HoldsAsync(session);
        server.Time.Advance(TimeSpan.FromSeconds(24));
        Assert.False(poll.IsCompleted);
        session.Send("news"u8);

        var answer = await poll;
        Assert.Equal(("news\n", 2), (answer.Text, answer.Batch));
    }

    [Fact]
    public async Task Poll_WithNothingFor25Seconds_IsAnsweredWithNothing_AndTheNextOneGoesOn()
    {
        await using var server = await LongPollServer.StartAsync();
        var (client, session) = await server.OpenAsync();
        using var _ = client;

        var poll = client.PollAsync(ack: 1);
        await LongPollServer.HoldsAsync(session);
        server.Time.Advance(TimeSpan.FromSeconds(25.5));

        var empty = await poll;
        Assert.Equal((HttpStatusCode.NoContent, 0), (empty.Status, empty.Body.Length));
        Assert.DoesNotContain("Parley-Batch", empty.Headers.Keys);
        session.Send("later"u8);
        var next = await client.PollAsync(ack: 1);
        Assert.Equal(("later\n", 2), (next.Text, next.Batch));
    }

    [Fact]
    public async Task Poll_IsHeldNoLongerThanTheClientAsksFor()
    {
        await using var server = await LongPollServer.StartAsync();
        var (client, session) = await server.OpenAsync();
        using var _ = client;

        Assert.Equal(HttpStatusCode.NoContent, (await client.PollAsync(ack: 1, wait: 0)).Status);
        var poll = client.PollAsync(ack: 1, wait: 5);
        await LongPollServer.HoldsAsync(session);
        server.Time.Advance(TimeSpan.FromSeconds(5.5));

        Assert.Equal(HttpStatusCode.NoContent, (await poll).Status);
    }

    [Fact]
    public async Task Poll_IsNotHeldLongerThan25Seconds_WhateverTheClientAsksFor()
    {
        await using var server = await LongPollServer.StartAsync();
        var (client, session) = await server.OpenAsync();
        using var _ = client;

        var poll = client.PollAsync(ack: 1, wait: int.MaxValue);
        await LongPollServer.HoldsAsync(session);
        server.Time.Advance(TimeSpan.FromSeconds(25.5));

        Assert.Equal(HttpStatusCode.NoContent, (await poll).Status);
    }

    [Fact]
    public async Task Frames_ComeInOrder_ThoseThatWaitTogether()
    {
        await using var server = await LongPollServer.StartAsync();
        var (client, session) = await server.OpenAsync();
        using var _ = client;
        var received = new List<string>();

        for (var round = 0; round < 5; round++)
        {
            for (var i = 0; i < 10; i++)
                session.Send(Encoding.UTF8.GetBytes($"{round}.{i}"));
            var answer = await client.PollAsync(ack: round + 1);
            Assert.Equal(round + 2, answer.Batch);
            received.AddRange(answer.Lines);
        }

        Assert.Equal(Enumerable.Range(0, 50).Select(static n => $"{n / 10}.{n % 10}"), received);
    }

    [Fact]
    public async Task Burst_LargerThanABatch_ComesInSeveral()
    {
        await using var server = await LongPollServer.StartAsync();
        var (client, session) = await server.OpenAsync();
        using var _ = client;
        var frame = new byte[100_000];
        Array.Fill(frame, (byte)'x');
        for (var i = 0; i < 5; i++)
            Assert.True(session.Send(frame));

        var first = await client.PollAsync(ack: 1);
        var second = await client.PollAsync(ack: 2);

        Assert.Equal([3, 2], [first.Lines.Length, second.Lines.Length]);
    }

    [Fact]
    public async Task Commands_WhileAPollIsHeld_AreTakenAtOnce_AndTheirRepliesComeByThePoll()
    {
        await using var server = await LongPollServer.StartAsync();
        var (client, session) = await server.OpenAsync();
        using var _ = client;
        var poll = client.PollAsync(ack: 1);
        await LongPollServer.HoldsAsync(session);

        var sent = await client.SendAsync(seq: 1, "command");

        Assert.Equal((HttpStatusCode.NoContent, 0), (sent.Status, sent.Body.Length));
        Assert.Equal("command\n", (await poll).Text);
    }

    [Fact]
    public async Task Commands_OfAPoll_AreAnsweredByIt_AllTogether()
    {
        await using var server = await LongPollServer.StartAsync();
        var goOn = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        server.Protocol.OnMessage = async (session, message) =>
        {
            session.Send("first reply"u8);
            await goOn.Task;
            session.Send("second reply"u8);
        };
        using var client = server.NewClient();
        var opening = client.OpenAsync("two commands");
        await (await server.Protocol.NextAsync()).NextMessageAsync();
        goOn.SetResult();

        Assert.Equal("first reply\nsecond reply\n", (await opening).Text);
        Assert.Equal("first reply\nsecond reply\n", (await client.InSessionAsync(ack: 1, seq: 1, "x"u8.ToArray())).Text);
    }

    [Fact]
    public async Task Commands_ThatWaitForTheClientToTakeReplies_DoNotHoldTheirPollUp()
    {
        await using var server = await LongPollServer.StartAsync();
        server.Protocol.OnMessage = static async (session, _) =>
        {
            session.Send(new byte[20_000]);
            await session.Connection.DrainAsync();
            session.Send("the rest"u8);
        };
        using var client = server.NewClient();

        var first = await client.OpenAsync("recover much");
        var second = await client.PollAsync(ack: 1);

        Assert.Equal(20_001, first.Body.Length);
        Assert.Equal("the rest\n", second.Text);
    }

    [Fact]
    public async Task Commands_ThatTakeLongerThanAPollIsHeld_DoNotKeepBackWhatIsThere()
    {
        await using var server = await LongPollServer.StartAsync();
        var goOn = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        server.Protocol.OnMessage = async (session, _) =>
        {
            session.Send("first reply"u8);
            await goOn.Task;
            session.Send("second reply"u8);
        };
        using var client = server.NewClient();
        var opening = client.OpenAsync("two commands");
        await LongPollServer.HoldsAsync(await server.Protocol.NextAsync());

        server.Time.Advance(TimeSpan.FromSeconds(25.5));
        Assert.Equal("first reply\n", (await opening).Text);
        goOn.SetResult();

        Assert.Equal("second reply\n", (await client.PollAsync(ack: 1)).Text);
    }

    [Fact]
    public async Task Protobuf_GoesAsItIs_BothWays()
    {
        await using var server = await LongPollServer.StartAsync();
        byte[] message = [3, 0, 10, 255];
        using var client = server.NewClient(isBinary: true);

        var answer = await client.OpenAsync(message);
        var second = await client.InSessionAsync(ack: 1, seq: 1, message);

        Assert.Equal(message, answer.Body);
        Assert.Equal(message, second.Body);
        Assert.Equal("application/octet-stream", answer.Headers["Content-Type"]);
        Assert.True((await server.Protocol.NextAsync()).Context.IsBinary);
    }

    [Fact]
    public async Task PingOfTheEngine_IsAnsweredHere_AndNotSent()
    {
        await using var server = await LongPollServer.StartAsync();
        var (client, session) = await server.OpenAsync();
        using var _ = client;

        session.Connection.EnqueueFirst(session.Context.NativePing!.Value);

        await session.Pong;
        Assert.Equal(HttpStatusCode.NoContent, (await client.PollAsync(ack: 1, wait: 0)).Status);
    }

    [Fact]
    public async Task FrameToBeWrittenFirst_ComesBeforeThoseThatWait()
    {
        await using var server = await LongPollServer.StartAsync();
        var (client, session) = await server.OpenAsync();
        using var _ = client;

        session.Send("waits"u8);
        session.Connection.EnqueueFirst(session.Context.Framing.Create("first"u8));

        Assert.Equal("first\nwaits\n", (await client.PollAsync(ack: 1)).Text);
    }
}
