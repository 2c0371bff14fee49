using Parley.AspNetCore.Transports.Forwarding;
using Parley.Nodes;

namespace Parley.AspNetCore.Transports.LongPolling;

/// <summary>A <see cref="LongPollOutcome"/> on its way from node to node, without the bytes of its batch.</summary>
/// <param name="Refusal">Why the request is refused.</param>
/// <param name="Batch">The batch's number; 0: there is none.</param>
/// <param name="IsLast">Whether no batch comes after it.</param>
/// <param name="IsBinary">Whether it is Protobuf.</param>
internal sealed record LongPollAnswerHead(Refusal? Refusal, long Batch, bool IsLast, bool IsBinary)
{
    public static NodeAnswer Write(LongPollOutcome outcome)
    {
        var head = new LongPollAnswerHead(outcome.Refusal, outcome.Batch?.Number ?? 0, outcome.IsLast, outcome.IsBinary);
        var body = new byte[outcome.Batch?.Length ?? 0];
        var written = 0;
        foreach (var frame in outcome.Batch?.Frames ?? [])
        {
            frame.CopyTo(body, written);
            written += frame.Length;
        }

        return new NodeAnswer { Head = ForwardingJson.Write(head, ForwardingJson.Default.LongPollAnswerHead), Body = body };
    }

    public static LongPollOutcome Read(NodeAnswer answer)
    {
        var head = ForwardingJson.Read(answer.Head, ForwardingJson.Default.LongPollAnswerHead);
        var batch = head.Batch > 0 ? new Batch(head.Batch, [answer.Body.ToArray()], answer.Body.Length) : null;
        return new LongPollOutcome(head.Refusal, batch, head.IsLast, head.IsBinary);
    }
}
