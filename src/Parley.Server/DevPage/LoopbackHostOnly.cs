using Parley.AspNetCore.Transports;

namespace Parley.Server.DevPage;

/// <summary>
/// Refuses requests that do not come from this machine, or come through a proxy or under another name: the server lets everybody in, and
/// its page hands out keys.
/// </summary>
internal static class LoopbackHostOnly
{
    public static void UseLoopbackHostOnly(this IApplicationBuilder app) => app.Use(static (context, next) =>
    {
        if (LocalRequest.IsLocal(context.Request))
            return next(context);

        context.Response.StatusCode = StatusCodes.Status403Forbidden;
        context.Response.ContentType = "text/plain";
        return context.Response.WriteAsync("In development mode this server answers this machine only, on localhost, 127.0.0.1 and [::1], and not through a proxy.\n", context.RequestAborted);
    });
}
