using System.Buffers;
using System.Buffers.Text;

namespace Parley.LoadTest.Client;

/// <summary>
/// Requests beside those that carry what the server sends: emulation, commands of long polling, goodbyes. All clients share a few
/// connections for them, as those of a proxy do, and nobody waits for an answer before the next request.
/// </summary>
internal sealed class SideRequests(Network network) : IDisposable
{
    private const int Connections = 8;

    private readonly SideConnection?[] _connections = new SideConnection?[Connections];
    private readonly ArrayBufferWriter<byte> _body = new();
    private readonly ArrayBufferWriter<byte> _request = new();

    /// <summary>Sends a message of a client whose messages come down a stream.</summary>
    public void Emulate(ReadOnlySpan<byte> session, ReadOnlySpan<byte> node, ReadOnlySpan<byte> message)
    {
        _body.ResetWrittenCount();
        _body.Write("{\"session\":\""u8);
        _body.Write(session);
        _body.Write("\",\"node\":\""u8);
        _body.Write(node);
        _body.Write("\",\"data\":\""u8);
        JsonText.WriteEscaped(_body, message);
        _body.Write("\"}"u8);

        Begin("POST "u8, network.Target.EmulationPath);
        End(session, _body.WrittenSpan);
    }

    /// <summary>Sends a message of a client that polls.</summary>
    /// <param name="envelope">Headers that name its session.</param>
    /// <param name="number">Number of the message.</param>
    /// <param name="message">Commands.</param>
    public void Send(ReadOnlySpan<byte> envelope, long number, ReadOnlySpan<byte> message)
    {
        Begin("POST "u8, network.Target.LongPollPath);
        _request.Write(envelope);
        _request.Write("Parley-Seq: "u8);
        WriteNumber(number);
        _request.Write("\r\n"u8);
        End(envelope, message);
    }

    /// <summary>Ends the session of a client that polls.</summary>
    public void Delete(ReadOnlySpan<byte> envelope)
    {
        Begin("DELETE "u8, network.Target.LongPollPath);
        _request.Write(envelope);
        End(envelope, default);
    }

    public void Dispose()
    {
        foreach (var connection in _connections)
            connection?.Dispose();
    }

    private void Begin(ReadOnlySpan<byte> method, ReadOnlySpan<byte> path)
    {
        _request.ResetWrittenCount();
        _request.Write(method);
        _request.Write(path);
        _request.Write(" HTTP/1.1\r\nHost: "u8);
        _request.Write(network.Target.Host);
        _request.Write("\r\n"u8);
    }

    /// <param name="client">The same bytes for all requests of a client: they go over one connection, so that none overtakes another.</param>
    /// <param name="body">Body of the request.</param>
    private void End(ReadOnlySpan<byte> client, ReadOnlySpan<byte> body)
    {
        _request.Write("Content-Type: application/json\r\nContent-Length: "u8);
        WriteNumber(body.Length);
        _request.Write("\r\n\r\n"u8);
        _request.Write(body);

        var hash = default(HashCode);
        hash.AddBytes(client);
        ref var connection = ref _connections[(uint)hash.ToHashCode() % Connections];
        if (connection is not { IsClosed: false })
            connection = new SideConnection(network);

        connection.Post(_request.WrittenSpan);
    }

    private void WriteNumber(long number)
    {
        Utf8Formatter.TryFormat(number, _request.GetSpan(20), out var digits);
        _request.Advance(digits);
    }
}
