using Parley.Server.Hosting;

namespace Parley.Server.DevPage;

/// <summary>
/// Refuses requests that were not sent to a loopback name. A page from elsewhere can point a name of its own at 127.0.0.1 (DNS
/// rebinding) and would then share an origin with a server that lets everybody in; its Host header gives it away.
/// </summary>
internal static class LoopbackHostOnly
{
    public static void UseLoopbackHostOnly(this IApplicationBuilder app) => app.Use(static (context, next) =>
    {
        if (ListenAddress.IsLoopbackHost(context.Request.Host.Host))
            return next(context);

        context.Response.StatusCode = StatusCodes.Status403Forbidden;
        context.Response.ContentType = "text/plain";
        return context.Response.WriteAsync("In development mode this server answers on localhost, 127.0.0.1 and [::1] only.\n", context.RequestAborted);
    });
}
