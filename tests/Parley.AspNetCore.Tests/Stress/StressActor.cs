using Parley.Sessions;

namespace Parley.AspNetCore.Tests.Stress;

/// <summary>A thread that does what clients, publishers and the application do, in an order that its seed decides.</summary>
/// <param name="node">The node.</param>
/// <param name="clients">Those of all actors; only its own get commands from it.</param>
/// <param name="first">Place of its first client.</param>
/// <param name="count">How many it has.</param>
/// <param name="random">Its decisions.</param>
/// <param name="number">Tells its publications from those of others.</param>
internal sealed class StressActor(StressNode node, StressClient[] clients, int first, int count, Random random, int number)
{
    private long _published;
    private bool _isInBatch;

    /// <summary>Does some steps, many of them in batches as the loops of sockets do.</summary>
    public void Run(int steps)
    {
        while (steps > 0)
        {
            if (_isInBatch = random.Next(2) == 0)
                FlushBatch.Begin();
            try
            {
                for (var left = random.Next(1, 5); left > 0; left--, steps--)
                    Step();
            }
            finally
            {
                if (_isInBatch)
                    FlushBatch.End();
            }
        }
    }

    private void Step()
    {
        switch (random.Next(100))
        {
            case < 28:
                Publish(StressChannels.Any(random));
                break;
            case < 34:
                Visit(StressChannels.AnyEmpty(random));
                break;
            case < 55:
                Wait(Mine().SubscribeAsync(StressChannels.Any(random), wantsRecovery: random.Next(2) == 0));
                break;
            case < 70:
                Wait(Mine().UnsubscribeAsync(StressChannels.Any(random)));
                break;
            case < 76:
                var channel = node.Channels[StressChannels.Any(random)];
                Anyone().Session.Unsubscribe(channel.Name, StressFormat.EndAfter(channel.Delivered));
                break;
            case < 82:
                Mine().Output.Stall();
                break;
            case < 90:
                Mine().Output.Resume();
                break;
            case < 95:
                Anyone().EnqueueFirst(StressFormat.Write(new Received(ReceivedKind.Ping)));
                break;
            case < 97:
                Mine().Leave();
                break;
            case < 98:
                Mine().Output.Break();
                break;
            case < 99:
                Anyone().Session.Disconnect(DisconnectReason.ForceReconnect);
                break;
            default:
                Anyone().Session.UnsubscribeAll(StressFormat.EndAfter(0));
                break;
        }
    }

    private void Visit(int index)
    {
        var client = Mine();
        for (var left = random.Next(1, 4); left > 0; left--)
        {
            Wait(client.SubscribeAsync(index, wantsRecovery: random.Next(2) == 0));
            Publish(index);
            Wait(client.UnsubscribeAsync(index));
        }
    }

    private void Publish(int index)
    {
        var channel = node.Channels[index];
        for (var left = random.Next(1, 7); left > 0; left--)
        {
            var padding = random.Next(200) switch { 0 => 20_000, < 10 => random.Next(6_000), _ => random.Next(64) };
            var id = ((long)number << 32) | ++_published;
            Wait(node.Publisher.PublishAsync(channel.Name, StressFormat.CreatePayload(id, padding)));
        }
    }

    private StressClient Anyone() => Volatile.Read(ref clients[random.Next(clients.Length)]);

    private StressClient Mine()
    {
        ref var client = ref clients[first + random.Next(count)];
        if (client is { Session.HasEnded: false })
            return client;

        var opened = node.Open(random);
        Wait(opened.ConnectAsync());
        Wait(opened.SubscribeAsync(0, wantsRecovery: false));
        Wait(opened.SubscribeAsync(1, wantsRecovery: false));
        Volatile.Write(ref client, opened);
        return opened;
    }

    private void Wait<T>(ValueTask<T> task)
    {
        if (task.IsCompletedSuccessfully)
            _ = task.Result;
        else
            Wait(new ValueTask(task.AsTask()));
    }

    /// <summary>No batch may last across a wait.</summary>
    private void Wait(ValueTask task)
    {
        if (task.IsCompletedSuccessfully)
            return;
        if (_isInBatch)
            FlushBatch.End();
        try
        {
            task.AsTask().GetAwaiter().GetResult();
        }
        finally
        {
            if (_isInBatch)
                FlushBatch.Begin();
        }
    }
}
