namespace Parley.AspNetCore.Transports.Streams;

/// <summary>One of the transports whose frames go down the body of one response.</summary>
/// <param name="Name">Its name for metrics and in its path.</param>
/// <param name="IsEvents">Whether the body is <c>text/event-stream</c>, which GET can ask for; else lines or Protobuf, by POST.</param>
/// <param name="IsUnidirectional">Whether the client sends nothing but the request.</param>
internal sealed record StreamKind(string Name, bool IsEvents, bool IsUnidirectional)
{
    public static readonly StreamKind HttpStream = new("http_stream", IsEvents: false, IsUnidirectional: false);
    public static readonly StreamKind ServerSentEvents = new("sse", IsEvents: true, IsUnidirectional: false);
    public static readonly StreamKind UnidirectionalHttpStream = new("uni_http_stream", IsEvents: false, IsUnidirectional: true);
    public static readonly StreamKind UnidirectionalServerSentEvents = new("uni_sse", IsEvents: true, IsUnidirectional: true);

    /// <summary>Methods of the endpoint, with commas.</summary>
    public string Methods => IsEvents ? "GET, POST, OPTIONS" : "POST, OPTIONS";
}
