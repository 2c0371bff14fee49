using System.Globalization;
using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;

namespace Parley.AspNetCore.Transports.LongPolling;

/// <summary>The refusals of long polling: each status says by itself what a client does next.</summary>
internal static class LongPollRefusals
{
    public static readonly Refusal Unknown = new(StatusCodes.Status404NotFound, "There is no such session: connect anew.");

    public static readonly Refusal Superseded = new(StatusCodes.Status409Conflict, "A later poll has taken this one's place.");

    public static readonly Refusal Closed = new(StatusCodes.Status410Gone, "The session is closed: the next batch says why.");

    public static readonly Refusal OtherEncoding = new(
        StatusCodes.Status415UnsupportedMediaType, "Content-Type must be application/json or application/octet-stream, the same for all of a session.");

    public static readonly Refusal Busy = new(
        StatusCodes.Status429TooManyRequests, "Earlier commands are still at work: send these again.", HeaderNames.RetryAfter, "1");

    public static Refusal Gap(long lastTaken) => new(
        StatusCodes.Status412PreconditionFailed,
        "Commands before these are missing.",
        LongPollHeaders.Seq,
        lastTaken.ToString(CultureInfo.InvariantCulture));
}
