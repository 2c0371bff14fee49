namespace Parley.Server.DevPage;

/// <summary>The start page of development mode. Never mapped otherwise: it hands out an API key and tokens.</summary>
internal static class DevPageEndpoints
{
    private static readonly TimeSpan TokenLifetime = TimeSpan.FromHours(1);

    public static void AddDevPage(this IServiceCollection services) =>
        services.ConfigureHttpJsonOptions(static options => options.SerializerOptions.TypeInfoResolverChain.Insert(0, DevPageJson.Default));

    public static void MapDevPage(this IEndpointRouteBuilder endpoints, DevPageContext page)
    {
        var group = endpoints.MapGroup("").AddEndpointFilter(static (invocation, next) =>
            IsFromElsewhere(invocation.HttpContext.Request) ? ValueTask.FromResult<object?>(Results.StatusCode(403)) : next(invocation));
        group.MapGet("/", (HttpContext context) => File(context, "index.html"));
        group.MapGet("/dev/{**path}", (HttpContext context, string path) => File(context, path));
        var settings = new PageSettings(page.Version, "/connection/websocket", page.ApiKey);
        group.MapGet("/dev/settings.json", () => Results.Json(settings, DevPageJson.Default.PageSettings));
        group.MapPost("/dev/token", (TokenRequest request) => CreateToken(page, request));
    }

    // A browser says where a request comes from; other programs say nothing.
    private static bool IsFromElsewhere(HttpRequest request)
        => request.Headers["Sec-Fetch-Site"].ToString() is not ("" or "same-origin" or "none") && request.Headers["Sec-Fetch-Mode"] != "navigate";

    private static IResult File(HttpContext context, string path)
    {
        if (!DevPageFiles.All.TryGetValue(path, out var content))
            return Results.NotFound();

        // The host has been found to be a loopback one before. Some browsers do not count ws: as 'self'.
        var headers = context.Response.Headers;
        headers.ContentSecurityPolicy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; "
            + $"connect-src 'self' ws://{context.Request.Host} wss://{context.Request.Host}; "
            + "base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
        headers.XContentTypeOptions = "nosniff";
        headers["Referrer-Policy"] = "no-referrer";
        headers["Cross-Origin-Resource-Policy"] = "same-origin";
        headers.CacheControl = "no-store";
        return Results.Bytes(content, DevPageFiles.ContentType(path));
    }

    private static IResult CreateToken(DevPageContext page, TokenRequest request)
    {
        try
        {
            var token = request.Channel is null
                ? page.Tokens.CreateConnectionToken(request.User, TokenLifetime)
                : page.Tokens.CreateSubscriptionToken(request.User, request.Channel, TokenLifetime);
            return Results.Json(new TokenAnswer(token), DevPageJson.Default.TokenAnswer);
        }
        catch (Exception exception) when (exception is ArgumentException or InvalidOperationException)
        {
            return Results.Text(exception.Message, statusCode: StatusCodes.Status400BadRequest);
        }
    }
}
