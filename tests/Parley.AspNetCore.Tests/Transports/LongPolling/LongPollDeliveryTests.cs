using System.Net;

namespace Parley.AspNetCore.Tests.Transports.LongPolling;

/// <summary>Requests and answers that are lost, doubled, delayed or in another order.</summary>
public sealed class LongPollDeliveryTests
{
    [Fact]
    public async Task LostAnswer_IsSentAgain_WithTheSameNumberAndBytes()
    {
        await using var server = await LongPollServer.StartAsync();
        var (client, session) = await server.OpenAsync();
        using var _ = client;
        session.Send("one"u8);
        session.Send("two"u8);

        var lost = await client.PollAsync(ack: 1);
        session.Send("three"u8);
        var again = await client.PollAsync(ack: 1);
        var next = await client.PollAsync(ack: 2);

        Assert.Equal((2, "one\ntwo\n"), (lost.Batch, lost.Text));
        Assert.Equal((2, "one\ntwo\n"), (again.Batch, again.Text));
        Assert.Equal((3, "three\n"), (next.Batch, next.Text));
    }

    [Fact]
    public async Task WhatIsKept_IsCountedUntilTheClientSaysThatItHasIt()
    {
        await using var server = await LongPollServer.StartAsync();
        var (client, session) = await server.OpenAsync();
        using var _ = client;
        session.Send("12345"u8);
        await client.PollAsync(ack: 1);
        session.Send("678"u8);
        Assert.Equal("12345\n678\n".Length, session.Connection.QueuedBytes);

        var next = await client.PollAsync(ack: 2);

        Assert.Equal("678\n", next.Text);
        Assert.Equal("678\n".Length, session.Connection.QueuedBytes);
    }

    [Fact]
    public async Task SecondPoll_EndsTheFirst_AndGetsWhatComes()
    {
        await using var server = await LongPollServer.StartAsync();
        var (client, session) = await server.OpenAsync();
        using var _ = client;

        var first = client.PollAsync(ack: 1);
        await LongPollServer.HoldsAsync(session);
        var second = client.PollAsync(ack: 1);
        var ended = await first;
        session.Send("news"u8);

        Assert.Equal(HttpStatusCode.Conflict, ended.Status);
        Assert.Equal((2, "news\n"), ((await second).Batch, (await second).Text));
    }

    [Fact]
    public async Task PollThatIsLate_DoesNotDisturbTheOneThatIsHeld()
    {
        await using var server = await LongPollServer.StartAsync();
        var (client, session) = await server.OpenAsync();
        using var _ = client;
        session.Send("one"u8);
        await client.PollAsync(ack: 1);
        var held = client.PollAsync(ack: 2);
        await LongPollServer.HoldsAsync(session);

        var late = await client.PollAsync(ack: 1);
        session.Send("two"u8);

        Assert.Equal(HttpStatusCode.Conflict, late.Status);
        Assert.Equal((3, "two\n"), ((await held).Batch, (await held).Text));
    }

    [Fact]
    public async Task ClientThatLeavesDuringAPoll_GetsWhatCameByTheNextOne()
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
        session.Send("while away"u8);

        Assert.Equal((2, "while away\n"), ((await client.PollAsync(ack: 1)).Batch, (await client.PollAsync(ack: 1)).Text));
    }

    [Theory]
    [InlineData(2)]
    [InlineData(999_999_999_999_999)]
    public async Task AcknowledgementOfWhatWasNeverSent_IsRefused_AndChangesNothing(long ack)
    {
        await using var server = await LongPollServer.StartAsync();
        var (client, session) = await server.OpenAsync();
        using var _ = client;

        Assert.Equal(HttpStatusCode.BadRequest, (await client.PollAsync(ack)).Status);

        session.Send("one"u8);
        Assert.Equal("one\n", (await client.PollAsync(ack: 1)).Text);
    }

    [Fact]
    public async Task RepeatedCommands_AreAcknowledged_AndRunOnce()
    {
        await using var server = await LongPollServer.StartAsync();
        var (client, session) = await server.OpenAsync();
        using var _ = client;

        Assert.Equal(HttpStatusCode.NoContent, (await client.SendAsync(1, "first")).Status);
        Assert.Equal(HttpStatusCode.NoContent, (await client.SendAsync(2, "second")).Status);
        Assert.Equal(HttpStatusCode.NoContent, (await client.SendAsync(1, "first")).Status);
        Assert.Equal(HttpStatusCode.NoContent, (await client.SendAsync(2, "second")).Status);

        Assert.Equal("first\nsecond\n", (await client.PollAsync(ack: 1)).Text);
        Assert.Equal(3, session.Messages);
    }

    [Fact]
    public async Task CommandsBehindAGap_DoNotRun_AndTheAnswerSaysWhereToGoOn()
    {
        await using var server = await LongPollServer.StartAsync();
        var (client, session) = await server.OpenAsync();
        using var _ = client;
        await client.SendAsync(1, "one");

        var refused = await client.SendAsync(3, "three");
        await client.SendAsync(2, "two");
        await client.SendAsync(3, "three");

        Assert.Equal(HttpStatusCode.PreconditionFailed, refused.Status);
        Assert.Equal("1", refused.Headers["Parley-Seq"]);
        Assert.Equal("one\ntwo\nthree\n", (await client.PollAsync(ack: 1)).Text);
        Assert.Equal(4, session.Messages);
    }

    [Fact]
    public async Task CommandsThatCannotWaitAnyMore_AreNotTaken_AndAreWhenTheOthersAreDone()
    {
        await using var server = await LongPollServer.StartAsync(
            new LongPollServerOptions { Clients = new() { MaxMessageBytes = 1024 } });
        var (client, session) = await server.OpenAsync();
        using var _ = client;
        var goOn = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        server.Protocol.OnMessage = async (_, _) => await goOn.Task;
        var (slow, slowSession) = await server.OpenSlowAsync();
        using var __ = slow;

        Assert.Equal(HttpStatusCode.NoContent, (await slow.SendAsync(1, new string('a', 1000))).Status);
        var busy = await slow.SendAsync(2, new string('b', 1000));
        Assert.Equal(HttpStatusCode.TooManyRequests, busy.Status);
        Assert.Equal("1", busy.Headers["Retry-After"]);
        goOn.SetResult();
        await slowSession.NextMessageAsync();
        await slowSession.NextMessageAsync();

        Assert.Equal(HttpStatusCode.NoContent, (await slow.SendAsync(2, new string('b', 1000))).Status);
        Assert.Equal('b', (char)(await slowSession.NextMessageAsync())[0]);
        Assert.Null(slowSession.Breach);
        Assert.Equal(1, session.Messages);
    }

    [Fact]
    public async Task Commands_AreHandedOverOneAfterTheOther_ThoughTheyArriveTogether()
    {
        await using var server = await LongPollServer.StartAsync();
        server.Protocol.OnMessage = static async (session, message) =>
        {
            await Task.Yield();
            session.Send(message.Span);
        };
        var (client, session) = await server.OpenAsync();
        using var _ = client;
        var expected = Enumerable.Range(1, 40).Select(static n => $"command {n}").ToArray();

        await Task.WhenAll(expected.Select(async (command, index) =>
        {
            while ((await client.SendAsync(index + 1, command)).Status != HttpStatusCode.NoContent)
            {
                // Another one overtook those before it.
            }
        }));

        var received = new List<string>();
        for (var ack = 1; received.Count < expected.Length && ack <= expected.Length; ack++)
            received.AddRange((await client.PollAsync(ack)).Lines);
        Assert.Equal(expected, received);
        Assert.Null(session.Breach);
    }
}
