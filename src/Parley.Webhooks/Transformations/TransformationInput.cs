namespace Parley.Webhooks.Transformations;

/// <summary>A webhook before its script.</summary>
/// <param name="MessageId">The same over all attempts.</param>
/// <param name="EventType">Such as <c>invoice.paid</c>.</param>
/// <param name="Url">Absolute.</param>
/// <param name="Method">Such as <c>POST</c>.</param>
/// <param name="Headers">Those that the script may see: without secrets and signatures.</param>
/// <param name="Payload">One JSON value as UTF-8.</param>
/// <param name="Channels">Those of the message.</param>
/// <param name="Attempt">1 for the first.</param>
internal sealed record TransformationInput(
    string MessageId,
    string EventType,
    string Url,
    string Method,
    IReadOnlyDictionary<string, string> Headers,
    ReadOnlyMemory<byte> Payload,
    string[] Channels,
    int Attempt);
