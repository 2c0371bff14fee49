namespace Parley.AspNetCore.Transports.Streams;

/// <summary>Whose message comes beside a stream.</summary>
/// <param name="Session">The secret that the client names its stream with.</param>
/// <param name="User">Whom the host authenticated; null: nobody.</param>
/// <param name="IsBinary">Whether the message is Protobuf.</param>
internal sealed record EmulationAsk(string Session, string? User, bool IsBinary);
