using Parley.Channels;
using Transports.Events;

var builder = WebApplication.CreateBuilder(args);
builder.Services.AddSingleton<EventPace>();
builder.Services.AddHostedService<EventSource>();
builder.Services.AddParley(options =>
{
    // Everybody may look on; nobody may publish.
    options.Clients.AllowAnonymous = true;
    options.Channels.Namespaces["demo"] = new ChannelOptions
    {
        AllowSubscribe = true,
        AllowAnonymousSubscribe = true,
        HistorySize = 500,
        HistoryTtl = TimeSpan.FromMinutes(5),
        ForceRecovery = true,
    };
});

var app = builder.Build();
app.UseFileServer();
app.MapParley();
app.MapPlainPolling();
app.MapPost("/pace", (EventPace pace, int perSecond) => pace.PerSecond = perSecond);
app.Run();
