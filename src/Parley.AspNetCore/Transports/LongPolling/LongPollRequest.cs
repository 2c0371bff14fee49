using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using Microsoft.AspNetCore.Http;

namespace Parley.AspNetCore.Transports.LongPolling;

/// <summary>What the headers of a request ask for.</summary>
/// <param name="Session">The session's secret; null: open one.</param>
/// <param name="Node">The node that has it; empty when there is no session.</param>
/// <param name="Ack">The last batch that the client has; null: this is no poll.</param>
/// <param name="Seq">The number of the commands in the body; null: there are none.</param>
/// <param name="Wait">How long a poll is held at the most.</param>
internal sealed record LongPollRequest(string? Session, string Node, long? Ack, long? Seq, TimeSpan Wait)
{
    /// <summary>More digits than any session counts up to, and no overflow.</summary>
    private const int MaxDigits = 15;

    /// <summary>Reads the envelope.</summary>
    /// <param name="headers">Of the request.</param>
    /// <param name="longestWait">What a client gets that asks for nothing else, or for more.</param>
    /// <param name="request">What it says.</param>
    /// <param name="refusal">What is wrong with it.</param>
    public static bool TryRead(
        IHeaderDictionary headers, TimeSpan longestWait,
        [NotNullWhen(true)] out LongPollRequest? request, [NotNullWhen(false)] out Refusal? refusal)
    {
        request = null;
        if (!TryReadNumber(headers, LongPollHeaders.Ack, out var ack, out refusal)
            || !TryReadNumber(headers, LongPollHeaders.Seq, out var seq, out refusal)
            || !TryReadNumber(headers, LongPollHeaders.Wait, out var wait, out refusal)
            || !TryReadText(headers, LongPollHeaders.Session, out var session, out refusal)
            || !TryReadText(headers, LongPollHeaders.Node, out var node, out refusal))
            return false;

        if (session is null ? ack is not null || seq is not null || node is not null : node is null)
            refusal = Refusal.Bad($"{LongPollHeaders.Session} and {LongPollHeaders.Node} go together, and without them a request opens a session.");
        else if (seq == 0)
            refusal = Refusal.Bad($"{LongPollHeaders.Seq} begins with 1.");
        if (refusal is not null) return false;

        var asked = TimeSpan.FromSeconds(Math.Min(wait ?? long.MaxValue, (long)longestWait.TotalSeconds));
        request = new LongPollRequest(session, node ?? "", ack, seq, asked);
        return true;
    }

    private static bool TryReadText(IHeaderDictionary headers, string name, out string? text, [NotNullWhen(false)] out Refusal? refusal)
    {
        refusal = null;
        text = null;
        var values = headers[name];
        if (values.Count == 0) return true;
        if (values is [{ Length: > 0 } value])
        {
            text = value;
            return true;
        }

        refusal = Refusal.Bad($"{name} must be there once.");
        return false;
    }

    private static bool TryReadNumber(IHeaderDictionary headers, string name, out long? number, [NotNullWhen(false)] out Refusal? refusal)
    {
        number = null;
        if (!TryReadText(headers, name, out var text, out refusal)) return false;
        if (text is null) return true;
        if (text.Length <= MaxDigits && long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var value))
        {
            number = value;
            return true;
        }

        refusal = Refusal.Bad($"{name} must be a whole number.");
        return false;
    }
}
