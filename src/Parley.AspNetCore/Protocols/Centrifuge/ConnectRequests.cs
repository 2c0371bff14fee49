using Parley.AspNetCore.Transports;
using Parley.Sessions;
using Wire = Parley.Protocol.Centrifuge;

namespace Parley.AspNetCore.Protocols.Centrifuge;

/// <summary>Connect requests of the wire as the engine takes them.</summary>
internal static class ConnectRequests
{
    public static ConnectRequest From(Wire.ConnectRequest request, ClientContext context) => new()
    {
        Token = request.Token,
        AuthenticatedUser = context.AuthenticatedUser,
        AuthenticatedUntil = context.AuthenticatedUntil,
        Subscriptions = request.Subs?.ToDictionary(static pair => pair.Key, static pair => PositionOf(pair.Value)) ?? [],
    };

    /// <summary>Where a client wants to go on; null when it wants no recovery.</summary>
    public static StreamPosition? PositionOf(Wire.SubscribeRequest request) =>
        request.Recover ? new StreamPosition(request.Offset, request.Epoch) : null;
}
