namespace Parley.AspNetCore.Transports.LongPolling;

/// <summary>What a request asks of a session, whichever node it came to.</summary>
/// <param name="Session">The session's secret.</param>
/// <param name="User">Whom the host authenticated; null: nobody.</param>
/// <param name="IsBinary">Whether the commands are Protobuf; of no meaning without commands.</param>
/// <param name="Ack">The last batch that the client has; null: this is no poll.</param>
/// <param name="Seq">The number of its commands; null: there are none.</param>
/// <param name="Wait">How long a poll may be held.</param>
/// <param name="IsEnd">Whether it ends the session, and asks for nothing else.</param>
internal sealed record LongPollAsk(string Session, string? User, bool IsBinary, long? Ack, long? Seq, TimeSpan Wait, bool IsEnd);
