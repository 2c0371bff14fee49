using Parley.AspNetCore.Transports;
using Parley.Sessions;
using Wire = Parley.Protocol.Centrifuge;

namespace Parley.AspNetCore.Protocols.Centrifuge;

/// <summary>Takes the one connect request of a client that only listens.</summary>
internal sealed class UnidirectionalHandler(Session session, CentrifugeFormat format, ClientContext context) : IProtocolHandler
{
    public bool IsRefused => session.WasRefused;

    public Frame Farewell(DisconnectReason reason) => format.Disconnect(reason);

    /// <inheritdoc/>
    /// <remarks>An empty message is a connect request without a token.</remarks>
    public async ValueTask ReceiveAsync(ReadOnlyMemory<byte> message)
    {
        Wire.ConnectRequest? request = new();
        if (!message.IsEmpty && !format.Codec.TryReadConnectRequest(message, out request))
        {
            session.Disconnect(DisconnectReason.BadRequest);
            return;
        }

        var outcome = await session.ConnectAsync(ConnectRequests.From(request, context));
        if (outcome.Value is not { } result)
            session.Disconnect(outcome.Disconnect ?? ReasonOf(outcome.Error!));
        else if (format.TryToWire(result.Subscriptions, out var subscriptions))
            await BeginAsync(result, subscriptions);
        else
            session.Disconnect(DisconnectReason.InappropriateProtocol);
    }

    public void OnPong()
    {
        // Nothing that comes in can be one.
    }

    public void OnClosed() => session.OnClosed();

    private async ValueTask BeginAsync(ConnectResult result, Dictionary<string, Wire.SubscribeResult>? subscriptions)
    {
        session.Send(format.Push(new Wire.Push
        {
            Connect = new Wire.Connect
            {
                Client = result.Client,
                Version = CentrifugeProtocol.ServerVersion,
                Subs = subscriptions,
                Expires = result.Expires,
                Ttl = result.Ttl,
                Ping = result.PingSeconds,
            },
        }));
        await session.GoLiveAsync();
    }

    /// <summary>The close that stands for an error, as there is no reply that could carry it. Source: Centrifuge protocol v2, unidirectional transports.</summary>
    private static DisconnectReason ReasonOf(ClientError error) => error.Code switch
    {
        103 => DisconnectReason.PermissionDenied,
        109 or 110 => DisconnectReason.Expired,
        111 => DisconnectReason.TooManyRequests,
        _ => DisconnectReason.ServerError,
    };
}
