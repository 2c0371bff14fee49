using System.Security.Claims;
using Parley.AspNetCore.Authentication;

/// <summary>Tokens, for clients that have no cookie of this application and for channels that are not for everybody.</summary>
internal static class Tokens
{
    private static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(10);

    public static void MapTokens(this IEndpointRouteBuilder endpoints)
    {
        var tokens = endpoints.MapGroup("/tokens").RequireAuthorization();
        tokens.MapPost("/connection", (ClaimsPrincipal user, TokenIssuer issuer) =>
            new { token = issuer.CreateConnectionToken(IdOf(user), Lifetime) });
        tokens.MapPost("/invoices", (ClaimsPrincipal user, TokenIssuer issuer) =>
            new { token = issuer.CreateSubscriptionToken(IdOf(user), $"$invoices-{IdOf(user)}", Lifetime) });
    }

    private static string IdOf(ClaimsPrincipal user) => user.FindFirstValue(ClaimTypes.NameIdentifier)!;
}
