using System.Globalization;
using Parley.AspNetCore.Tests.Transports.Streams;

namespace Parley.AspNetCore.Tests.Transports.Events;

/// <summary>Reads a stream of events by the rules of the HTML standard, as far as the server uses them.</summary>
internal sealed class EventClient(StreamClient stream) : IDisposable
{
    private string _lastId = "";

    public StreamClient Stream => stream;

    /// <summary>Milliseconds that the server asked to wait before connecting anew.</summary>
    public int Retry { get; private set; }

    /// <summary>The next event; comments are passed over.</summary>
    public async Task<TestEvent> NextAsync()
    {
        var (name, data) = ("message", "");
        while (await stream.LineAsync() is { } line)
        {
            if (line.Length == 0 && data.Length > 0) return new TestEvent(name, _lastId, data);

            var parts = line.Split(": ", 2);
            switch (parts[0])
            {
                case "id":
                    _lastId = parts[1];
                    break;
                case "event":
                    name = parts[1];
                    break;
                case "data":
                    data = parts[1];
                    break;
                case "retry":
                    Retry = int.Parse(parts[1], CultureInfo.InvariantCulture);
                    break;
            }
        }

        throw new EndOfStreamException($"The stream ended; its status was {stream.Response.StatusCode}.");
    }

    public void Dispose() => stream.Dispose();
}

/// <summary>An event as a page sees it.</summary>
/// <param name="Name">Its type.</param>
/// <param name="Id">What would be sent as Last-Event-ID now.</param>
/// <param name="Data">Its data.</param>
internal sealed record TestEvent(string Name, string Id, string Data);
