using System.Text.Json;
using Microsoft.AspNetCore.SignalR;
using SignalRPeer;

var builder = WebApplication.CreateSlimBuilder(args);
builder.Logging.SetMinimumLevel(LogLevel.Warning);
builder.Services.AddSignalR();

var app = builder.Build();
app.MapHub<ChannelsHub>("/hub");
app.MapPost("/publish/{channel}", async (string channel, JsonElement data, IHubContext<ChannelsHub> hub) =>
{
    await hub.Clients.Group(channel).SendAsync("message", data);
    return Results.Ok();
});
app.Run();
