using System.Security.Claims;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;

namespace Chat.Accounts;

/// <summary>Who is who. Nothing here is special to Parley: it takes the user that ASP.NET Core has authenticated.</summary>
internal static class AccountEndpoints
{
    public static void AddAccounts(this IServiceCollection services) => services
        .AddAuthorization()
        .AddAuthentication(CookieAuthenticationDefaults.AuthenticationScheme)
        .AddCookie(static options =>
        {
            options.Cookie.Name = "chat";
            options.Cookie.HttpOnly = true;
            options.Cookie.SameSite = SameSiteMode.Lax;
            options.Cookie.SecurePolicy = CookieSecurePolicy.SameAsRequest; // Always, once the site has HTTPS
            options.ExpireTimeSpan = TimeSpan.FromHours(12);
            options.LoginPath = "/login";
        });

    /// <summary>Maps what the page asks when its connection fails: whether it is still logged in (401 if not), and as whom.</summary>
    public static void MapAccounts(this IEndpointRouteBuilder endpoints) => endpoints
        .MapGet("/api/me", static (ClaimsPrincipal user) => new Me(user.Identity!.Name!))
        .RequireAuthorization();

    /// <summary>Logs a user in. A real application would ask for more than a name.</summary>
    public static Task SignInAsync(this HttpContext context, string name)
    {
        // NameIdentifier becomes the user's id in Parley. Here it is the name, so two windows with one name are one user.
        Claim[] claims = [new(ClaimTypes.NameIdentifier, name), new(ClaimTypes.Name, name)];
        var identity = new ClaimsIdentity(claims, CookieAuthenticationDefaults.AuthenticationScheme);
        return context.SignInAsync(new ClaimsPrincipal(identity));
    }

    private sealed record Me(string Name);
}
