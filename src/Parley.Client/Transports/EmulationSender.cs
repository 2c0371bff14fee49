using System.Buffers;
using Parley.Protocol.Centrifuge;

namespace Parley.Client.Transports;

/// <summary>Sends commands for a connection whose own transport only brings replies.</summary>
/// <remarks>The server does not keep requests in order, so the next one begins when the one before was answered.</remarks>
internal sealed class EmulationSender(TransportSettings settings)
{
    private readonly TaskCompletionSource<(string Session, string Node)> _name =
        new(TaskCreationOptions.RunContinuationsAsynchronously);

    private readonly ArrayBufferWriter<byte> _body = new();

    /// <summary>The connection can be named from now on; until then commands wait.</summary>
    public void Open(string session, string node) => _name.TrySetResult((session, node));

    public async ValueTask SendAsync(ReadOnlyMemory<byte> frame, CancellationToken cancellationToken)
    {
        var (session, node) = await _name.Task.WaitAsync(cancellationToken).ConfigureAwait(false);
        _body.ResetWrittenCount();
        settings.Codec.WriteEmulationRequest(_body, new EmulationRequest { Session = session, Node = node, Data = frame });
        using var request = settings.NewRequest(settings.Addresses.Emulation, _body.WrittenMemory);
        using var response = await settings.HttpClient.SendAsync(request, cancellationToken).ConfigureAwait(false);
        response.EnsureSuccessStatusCode();
    }
}
