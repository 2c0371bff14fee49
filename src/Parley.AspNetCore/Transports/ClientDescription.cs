using System.Security.Claims;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Http;
using Parley.Diagnostics;

namespace Parley.AspNetCore.Transports;

/// <summary>What a request says of its client.</summary>
internal static class ClientDescription
{
    /// <param name="context">The request.</param>
    /// <param name="framing">How the transport wraps messages.</param>
    /// <param name="isBinary">Whether messages are Protobuf.</param>
    /// <param name="verdict">How far the page is to be trusted.</param>
    public static ClientContext Describe(HttpContext context, TransportFraming framing, bool isBinary, OriginVerdict verdict)
    {
        return new ClientContext
        {
            Framing = framing,
            IsBinary = isBinary,
            AuthenticatedUser = AuthenticatedUserOf(context, verdict),
            AuthenticatedUntil = context.Features.Get<IAuthenticateResultFeature>()?.AuthenticateResult?.Properties?.ExpiresUtc,
            RemoteAddress = context.Connection.RemoteIpAddress,
            Origin = OriginOf(context),
        };
    }

    /// <summary>Whom the host authenticated the request as; null: nobody, or by what a stranger's page made the browser send.</summary>
    public static string? AuthenticatedUserOf(HttpContext context, OriginVerdict verdict) =>
        verdict != OriginVerdict.Anybody || HasBearer(context.Request) ? UserOf(context.User) : null;

    /// <summary>The Origin header, fit for a log; null when there is none.</summary>
    public static string? OriginOf(HttpContext context) =>
        context.Request.Headers.Origin is { Count: > 0 } origin ? LogText.Clean(origin.ToString()) : null;

    /// <summary>Whether the page itself has put credentials into the request, which no other site's page can.</summary>
    private static bool HasBearer(HttpRequest request) =>
        request.Headers.Authorization is [{ } value] && value.StartsWith("Bearer ", StringComparison.OrdinalIgnoreCase);

    private static string? UserOf(ClaimsPrincipal principal)
    {
        if (principal.Identity is not { IsAuthenticated: true } identity) return null;

        // The empty user is the anonymous one, whom authentication cannot have meant.
        var user = principal.FindFirst(ClaimTypes.NameIdentifier)?.Value ?? principal.FindFirst("sub")?.Value ?? identity.Name;
        return string.IsNullOrEmpty(user) ? null : user;
    }
}
