using System.Text;
using Microsoft.AspNetCore.Http;

namespace Parley.Webhooks.Tests.Support;

/// <summary>Gives access tokens: <c>token-1</c>, <c>token-2</c> and so on.</summary>
internal static class TokenServer
{
    /// <summary>Has a receiver answer as a token's server.</summary>
    /// <param name="server">What answers.</param>
    /// <param name="lifetime">What stands as <c>expires_in</c>, in JSON; null: nothing.</param>
    public static void GiveTokens(this Receiver server, string? lifetime = "3600")
    {
        var given = 0;
        server.Answer(context => context.Response.WriteAsync(
            $$"""{"access_token":"token-{{Interlocked.Increment(ref given)}}","token_type":"Bearer"{{(lifetime is null ? "" : $",\"expires_in\":{lifetime}")}}}"""));
    }

    /// <summary>Fields of a form.</summary>
    public static string Form(this ReceivedRequest request) => Encoding.UTF8.GetString(request.Body);

    /// <summary>Answers with a text.</summary>
    public static void Answer(this Receiver server, int status, string body) => server.Answer(context =>
    {
        context.Response.StatusCode = status;
        return context.Response.WriteAsync(body);
    });
}
