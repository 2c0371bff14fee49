using System.Text;
using Parley.Protocol.Centrifuge;
using Parley.Sessions;
using Wire = Parley.Protocol.Centrifuge;

namespace Parley.AspNetCore.Protocols.Centrifuge;

/// <summary>Publishing, which is what busy clients do.</summary>
internal sealed partial class CentrifugeHandler
{
    /// <summary>Bytes of a channel's name beyond which it is not remembered: a name that no rule permits must not stay.</summary>
    private const int MaxRememberedBytes = 255;

    // Clients publish to few channels, mostly to the same as before.
    private string _lastChannel = "";

    private ValueTask HandleAsync(in PublishCommand command)
    {
        if (session.WasRefused)
            return ValueTask.CompletedTask;
        return session.IsConnected
            ? HandlePublishAsync(command.Id, NameOf(command.Channel.Span), command.Data)
            : BreakOff(DisconnectReason.BadRequest);
    }

    private async ValueTask HandlePublishAsync(uint id, string channel, ReadOnlyMemory<byte> data)
    {
        try
        {
            await PublishAsync(id, channel, data);
        }
        catch (Exception exception)
        {
            OnFailed(id, exception);
        }
    }

    private ValueTask PublishAsync(uint id, Wire.PublishRequest request) =>
        request.Type == 0 ? PublishAsync(id, request.Channel, request.Data) : Reply(id, ClientError.NotAvailable);

    private async ValueTask PublishAsync(uint id, string channel, ReadOnlyMemory<byte> data)
    {
        var isJson = !format.Codec.IsBinary || Wire.JsonPayload.IsValid(data.Span);
        var outcome = await session.PublishAsync(channel, data, isJson);
        if (!ReplyFailure(id, outcome))
            session.Send(format.PublishReply(id));
    }

    private string NameOf(ReadOnlySpan<byte> channel)
    {
        if (Ascii.Equals(channel, _lastChannel))
            return _lastChannel;
        var name = session.NameOf(Encoding.UTF8.GetString(channel));
        if (channel.Length <= MaxRememberedBytes)
            _lastChannel = name;
        return name;
    }
}
