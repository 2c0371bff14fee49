using RawWebSockets;

var builder = WebApplication.CreateSlimBuilder(args);
builder.Logging.SetMinimumLevel(LogLevel.Warning);
builder.Services.AddSingleton<Subscriptions>();

var app = builder.Build();
app.UseWebSockets();
app.Map("/connection/websocket", async (HttpContext context, Subscriptions subscriptions) =>
{
    if (!context.WebSockets.IsWebSocketRequest)
    {
        context.Response.StatusCode = StatusCodes.Status400BadRequest;
        return;
    }

    using var socket = await context.WebSockets.AcceptWebSocketAsync();
    await new Client(socket, subscriptions).RunAsync(context.RequestAborted);
});
app.Run();
