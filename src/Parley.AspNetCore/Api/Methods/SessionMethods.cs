using System.Text;
using Parley.AspNetCore.Api.Messages;
using Parley.Protocol.Centrifuge;
using Parley.Sessions;

namespace Parley.AspNetCore.Api.Methods;

internal static class SessionMethods
{
    // A close frame holds 125 bytes, two of which are the code. Source: RFC 6455 section 5.5.
    private const int MaxReasonLength = 123;

    private const uint FirstCode = 3000;
    private const uint LastCode = 4999;

    public static async ValueTask<ApiEmptyResult> SubscribeAsync(ApiSubscribeRequest request, ApiContext context)
    {
        var sessions = ApiContext.Sessions(request);
        var channel = ApiContext.Required(request.Channel, "channel");
        await context.Parley.SubscribeAsync(sessions, channel, new ServerSubscribeOptions
        {
            Info = context.Payload(request.Info, request.Base64Info, "info"),
            Data = context.Payload(request.Data, request.Base64Data, "data"),
            ExpireAt = ApiContext.Time(request.ExpireAt, "expire_at"),
            RecoverSince = ApiContext.Position(request.RecoverSince),
            Presence = Flag(request.Override?.Presence),
            JoinLeave = Flag(request.Override?.JoinLeave),
            ForcePushJoinLeave = Flag(request.Override?.ForcePushJoinLeave),
            ForcePositioning = Flag(request.Override?.ForcePositioning),
            ForceRecovery = Flag(request.Override?.ForceRecovery),
        }, context.CancellationToken);
        return ApiEmptyResult.Instance;
    }

    public static async ValueTask<ApiEmptyResult> UnsubscribeAsync(ApiUnsubscribeRequest request, ApiContext context)
    {
        var channel = ApiContext.NullIfEmpty(request.Channel);
        await context.Parley.UnsubscribeAsync(ApiContext.Sessions(request), channel, context.CancellationToken);
        return ApiEmptyResult.Instance;
    }

    public static async ValueTask<ApiEmptyResult> DisconnectAsync(ApiDisconnectRequest request, ApiContext context)
    {
        var options = new DisconnectOptions { Reason = Reason(request.Disconnect), Whitelist = request.Whitelist ?? [] };
        await context.Parley.DisconnectAsync(ApiContext.Sessions(request), options, context.CancellationToken);
        return ApiEmptyResult.Instance;
    }

    public static async ValueTask<ApiEmptyResult> RefreshAsync(ApiRefreshRequest request, ApiContext context)
    {
        var options = new RefreshOptions
        {
            Expired = request.Expired ?? false,
            ExpireAt = ApiContext.Time(request.ExpireAt, "expire_at"),
            Info = request.Info.IsAbsent ? default(ReadOnlyMemory<byte>?) : request.Info.Of(context.Body),
        };
        await context.Parley.RefreshAsync(ApiContext.Sessions(request), options, context.CancellationToken);
        return ApiEmptyResult.Instance;
    }

    private static bool? Flag(FlagMessage? flag) => flag is null ? null : flag.Value ?? false;

    private static DisconnectReason Reason(DisconnectMessage? message)
    {
        var @default = DisconnectReason.ForceDisconnect;
        var code = message?.Code is null or 0 ? @default.Code : message.Code.Value;
        if (code is < FirstCode or > LastCode)
            throw Refusal.BadRequest("disconnect.code is not 3000 to 4999");
        var reason = ApiContext.NullIfEmpty(message?.Reason) ?? @default.Reason;
        // The JavaScript SDK takes a reason that parses as JSON for its own format of older times.
        if (reason.Length > MaxReasonLength || reason.Any(static c => c is < ' ' or > '~') || JsonPayload.IsValid(Encoding.ASCII.GetBytes(reason)))
            throw Refusal.BadRequest("disconnect.reason is not 1 to 123 characters of printable ASCII that are not JSON");
        return new DisconnectReason(code, reason);
    }
}
