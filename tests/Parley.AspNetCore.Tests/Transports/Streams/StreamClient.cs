using System.Text.Json.Nodes;
using Parley.AspNetCore.Tests.Transports.WebSockets;

namespace Parley.AspNetCore.Tests.Transports.Streams;

/// <summary>A client that reads the body of one response, line by line.</summary>
internal sealed class StreamClient : IDisposable
{
    private const string EventData = "data: ";
    private readonly StreamReader _reader;

    private StreamClient(HttpResponseMessage response, Stream body)
    {
        Response = response;
        Body = body;
        _reader = new StreamReader(body);
    }

    public HttpResponseMessage Response { get; }

    public Stream Body { get; }

    public static async Task<StreamClient> OpenAsync(HttpResponseMessage response) =>
        new(response, await response.Content.ReadAsStreamAsync());

    /// <summary>The next line as it is; null at the end.</summary>
    public Task<string?> LineAsync() => _reader.ReadLineAsync().WaitAsync(TestSession.Patience);

    /// <summary>The next message, be it a line or the data of an event; null at the end.</summary>
    public async Task<JsonNode?> NextAsync()
    {
        while (await LineAsync() is { } line)
        {
            var text = line.StartsWith(EventData, StringComparison.Ordinal) ? line[EventData.Length..] : line;
            if (text.Length > 0) return JsonNode.Parse(text);
        }

        return null;
    }

    /// <summary>The next message, which must be a connect reply.</summary>
    public async Task<(string Session, string Node)> ConnectedAsync()
    {
        var connect = (await NextAsync())!["connect"]!;
        return (connect["session"]!.GetValue<string>(), connect["node"]!.GetValue<string>());
    }

    public void Dispose()
    {
        _reader.Dispose();
        Response.Dispose();
    }
}
