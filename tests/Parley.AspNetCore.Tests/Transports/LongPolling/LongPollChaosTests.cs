using System.Net;
using CsCheck;

namespace Parley.AspNetCore.Tests.Transports.LongPolling;

/// <summary>A network that loses, doubles, delays and reorders requests and answers, between a client that follows the specification and the server.</summary>
public sealed class LongPollChaosTests
{
    /// <summary>What the network does in one step: how many of the requests on their way arrive now, together, and which.</summary>
    private sealed record Step(int Arrivals, bool IsPoll, bool IsDoubled, bool IsAnswerLost, int Pick);

    private static readonly Gen<Step> Steps = Gen.Select(
        Gen.Int[1, 4], Gen.Bool, Gen.Bool, Gen.Bool, Gen.Int[0, 1000],
        static (arrivals, isPoll, isDoubled, isLost, pick) => new Step(arrivals, isPoll, isDoubled, isLost, pick));

    [Fact]
    public async Task WhateverTheNetworkDoes_EverythingArrivesOnceAndInOrder_BothWays()
    {
        await using var server = await LongPollServer.StartAsync();
        await Steps.Array[10, 60].SampleAsync(
            async steps =>
            {
                var (client, session) = await server.OpenAsync();
                using var _ = client;
                var run = new Run(client);
                foreach (var step in steps)
                    await run.TakeAsync(step);
                await run.SettleAsync();

                var sent = Enumerable.Range(1, run.Sent).Select(static n => $"command {n}").ToArray();
                Assert.Equal(sent, run.Received);
                Assert.Equal(sent.Length + 1, session.Messages);
                Assert.Null(session.Breach);
                await client.EndAsync();
            },
            iter: 60,
            threads: 1);
    }

    /// <summary>The client, and the requests on their way.</summary>
    private sealed class Run(LongPollClient client)
    {
        private readonly List<Func<bool, Task>> _onTheirWay = [];
        private readonly SortedSet<int> _open = [];
        private int _lastBatch = 1;

        public int Sent { get; private set; }

        public List<string> Received { get; } = [];

        public async Task TakeAsync(Step step)
        {
            Func<bool, Task> request;
            if (step.IsPoll)
            {
                var ack = _lastBatch;
                request = isLost => PollAsync(ack, isLost);
            }
            else
            {
                var number = ++Sent;
                _open.Add(number);
                request = isLost => SendAsync(number, isLost);
            }

            _onTheirWay.Add(request);
            if (step.IsDoubled) _onTheirWay.Add(request);
            var arriving = new List<Task>();
            for (var i = 0; i < step.Arrivals && _onTheirWay.Count > 0; i++)
            {
                var index = (step.Pick + i) % _onTheirWay.Count;
                arriving.Add(_onTheirWay[index](step.IsAnswerLost && i == 0));
                _onTheirWay.RemoveAt(index);
            }

            await Task.WhenAll(arriving);
        }

        /// <summary>The network is well again: the client repeats what was not answered.</summary>
        public async Task SettleAsync()
        {
            foreach (var number in (int[])[.. _open])
                await SendAsync(number, isLost: false);
            Assert.Empty(_open);

            // What was late arrives last of all.
            foreach (var request in _onTheirWay)
                await request(true);
            for (var before = 0; before != _lastBatch;)
            {
                before = _lastBatch;
                await PollAsync(_lastBatch, isLost: false);
            }
        }

        private async Task SendAsync(int number, bool isLost)
        {
            var answer = await client.SendAsync(number, $"command {number}");
            Assert.True(answer.Status is HttpStatusCode.NoContent or HttpStatusCode.PreconditionFailed, $"{answer.Status} {answer.Text}");
            if (isLost || answer.Status != HttpStatusCode.NoContent) return;

            lock (Received)
                _open.Remove(number);
        }

        private async Task PollAsync(int ack, bool isLost)
        {
            var answer = await client.PollAsync(ack, wait: 0);
            Assert.True(answer.Status is HttpStatusCode.OK or HttpStatusCode.NoContent or HttpStatusCode.Conflict, $"{answer.Status} {answer.Text}");
            if (isLost || answer.Status != HttpStatusCode.OK) return;

            lock (Received)
            {
                // The rule of the specification: only the batch after the last one is new.
                if (answer.Batch != _lastBatch + 1) return;
                _lastBatch = answer.Batch;
                Received.AddRange(answer.Lines);
            }
        }
    }
}
