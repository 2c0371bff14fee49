namespace Parley.Testing;

/// <summary>An HTTP/1.1 response as it came.</summary>
public sealed record RawHttpResponse(int Status, IReadOnlyDictionary<string, string> Headers, string Body);
