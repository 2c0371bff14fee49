using Parley.AspNetCore.Transports.Forwarding;
using Parley.Nodes;

namespace Parley.AspNetCore.Transports.LongPolling;

/// <summary>Serves the sessions of this node, whichever node a request came to.</summary>
internal sealed class LongPollHandler(LongPollSessions sessions) : ITransportRequestHandler
{
    public const string TransportName = "long_poll";

    public string Name => TransportName;

    public async ValueTask<NodeAnswer> HandleAsync(NodeRequest.Transport request, CancellationToken cancellationToken)
    {
        var ask = ForwardingJson.Read(request.Head, ForwardingJson.Default.LongPollAsk);
        return LongPollAnswerHead.Write(await ServeAsync(ask, request.Body.ToArray(), cancellationToken));
    }

    /// <summary>Whether there is such a session for such a user.</summary>
    public bool Has(string session, string? user) => sessions.Find(session, user) is not null;

    /// <summary>Decides what becomes of a request.</summary>
    /// <param name="ask">What it asks for; of commands and a poll, at least one.</param>
    /// <param name="body">Its commands; kept.</param>
    /// <param name="aborted">Nobody waits any more: a held poll is let go, and what was for it waits for the next one.</param>
    public async ValueTask<LongPollOutcome> ServeAsync(LongPollAsk ask, byte[] body, CancellationToken aborted)
    {
        if (sessions.Find(ask.Session, ask.User) is not { } connection) return new(LongPollRefusals.Unknown);
        if (ask.IsEnd)
        {
            connection.End();
            return default;
        }

        Message? message = null;
        if (ask.Seq is { } number)
        {
            if (ask.IsBinary != connection.IsBinary) return new(LongPollRefusals.OtherEncoding);

            message = new Message(body);
            connection.Touch();
            var refusal = connection.Take(number, message, out var lastTaken) switch
            {
                TakeStatus.Gap => LongPollRefusals.Gap(lastTaken),
                TakeStatus.Busy => LongPollRefusals.Busy,
                // Who polls too learns why by the batch.
                TakeStatus.Closed when ask.Ack is null => LongPollRefusals.Closed,
                _ => null,
            };
            if (refusal is not null) return new(refusal);
        }

        return ask.Ack is { } ack ? await PollAsync(connection, ack, ask.Wait, message, aborted) : default;
    }

    /// <summary>Polls.</summary>
    /// <param name="connection">The session.</param>
    /// <param name="ack">The last batch that the client has.</param>
    /// <param name="wait">How long the poll may be held.</param>
    /// <param name="own">The commands that came with it; null: there were none.</param>
    /// <param name="aborted">Nobody waits any more.</param>
    public static async ValueTask<LongPollOutcome> PollAsync(
        LongPollConnection connection, long ack, TimeSpan wait, Message? own, CancellationToken aborted)
    {
        var answer = await connection.PollAsync(ack, wait, own, aborted);
        return answer.Status switch
        {
            PollStatus.Unknown => new(LongPollRefusals.Unknown),
            PollStatus.Superseded => new(LongPollRefusals.Superseded),
            PollStatus.Wrong => new(Refusal.Bad($"{LongPollHeaders.Ack} names a batch that was not sent.")),
            PollStatus.Empty => default,
            _ => new(null, answer.Batch, answer.IsLast, connection.IsBinary),
        };
    }
}
