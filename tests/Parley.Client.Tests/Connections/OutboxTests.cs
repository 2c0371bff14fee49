using Parley.Client.Connections;
using Parley.Protocol.Centrifuge;

namespace Parley.Client.Tests.Connections;

public sealed class OutboxTests
{
    [Fact]
    public async Task A_connection_that_ends_while_it_writes_tells_everybody_who_waits()
    {
        for (var round = 0; round < 500; round++)
        {
            var outbox = new Outbox(CentrifugeCodec.Json);
            var waiting = Enumerable.Range(0, 300).Select(_ => new TaskCompletionSource()).ToArray();
            foreach (var sent in waiting) Assert.True(outbox.TryAdd(new Command(), sent));
            using var start = new Barrier(2);
            var writing = Task.Run(() =>
            {
                start.SignalAndWait();
                while (!outbox.TakeFrame().IsEmpty) outbox.MarkSent();
            });

            start.SignalAndWait();
            outbox.Fail(new ParleyException(1, "ended"));
            await writing;
            outbox.MarkSent();

            Assert.All(waiting, static sent => Assert.True(sent.Task.IsCompleted));
        }
    }
}
