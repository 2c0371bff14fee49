using System.Text;
using System.Threading.Channels;

namespace Parley.LoadTest.Tests.Scenarios;

/// <summary>Messages for a client that polls.</summary>
internal sealed class ScriptedBatches
{
    private readonly Channel<string> _messages = Channel.CreateUnbounded<string>();
    private int _number;

    public async Task AddAsync(string message) => await _messages.Writer.WriteAsync(message);

    public void Complete() => _messages.Writer.Complete();

    /// <summary>Waits for something to answer a poll with.</summary>
    public async Task<string> AnswerAsync(string session)
    {
        if (!await _messages.Reader.WaitToReadAsync()) return "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n";

        var body = new StringBuilder();
        var last = "";
        while (_messages.Reader.TryRead(out var message))
        {
            if (message.Length == 0) last = "Parley-Last: 1\r\n";
            else body.Append(message).Append('\n');
        }

        return $"HTTP/1.1 200 OK\r\nParley-Session: {session}\r\nParley-Node: n\r\nParley-Batch: {++_number}\r\n{last}Content-Length: {Encoding.UTF8.GetByteCount(body.ToString())}\r\n\r\n{body}";
    }
}
