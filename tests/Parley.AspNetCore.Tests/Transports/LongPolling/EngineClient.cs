using System.Buffers;
using System.Net;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Parley.Protocol.Centrifuge;

namespace Parley.AspNetCore.Tests.Transports.LongPolling;

/// <summary>A client of the Centrifuge protocol over long polling.</summary>
internal sealed class EngineClient(Uri address, bool isBinary) : IDisposable
{
    private readonly LongPollClient _client = new(address, HttpProtocols.Http1, isBinary);
    private readonly CentrifugeCodec _codec = isBinary ? CentrifugeCodec.Protobuf : CentrifugeCodec.Json;
    private int _lastBatch;
    private int _lastCommands;

    /// <summary>Whether the server said that nothing follows.</summary>
    public bool IsOver { get; private set; }

    public async Task<List<Reply>> OpenAsync(params Command[] commands) => Take(await _client.OpenAsync(Write(commands)));

    public async Task<List<Reply>> PollAsync(int? wait = null) => Take(await _client.PollAsync(_lastBatch, wait));

    public async Task SendAsync(params Command[] commands)
    {
        var answer = await _client.InSessionAsync(ack: null, ++_lastCommands, Write(commands));
        Assert.Equal(HttpStatusCode.NoContent, answer.Status);
    }

    public void Dispose() => _client.Dispose();

    private byte[] Write(Command[] commands)
    {
        var output = new ArrayBufferWriter<byte>();
        foreach (var command in commands)
        {
            _codec.WriteCommand(output, command);
            if (!isBinary) output.Write("\n"u8);
        }

        return output.WrittenSpan.ToArray();
    }

    private List<Reply> Take(LongPollAnswer answer)
    {
        var replies = new List<Reply>();
        if (answer.Status == HttpStatusCode.NoContent) return replies;

        Assert.True(answer.Status == HttpStatusCode.OK, $"{answer.Status} {answer.Text}");
        Assert.Equal(_lastBatch + 1, answer.Batch);
        _lastBatch = answer.Batch;
        IsOver = answer.IsLast;
        ReadOnlyMemory<byte> frame = answer.Body;
        while (_codec.ReadReply(ref frame, out var reply) == ReplyStatus.Reply)
            replies.Add(reply!);
        Assert.True(frame.IsEmpty);
        return replies;
    }
}
