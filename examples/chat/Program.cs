using Chat.Accounts;
using Chat.Hosting;
using Chat.Messages;
using Chat.Rooms;
using Parley.Channels;

var builder = WebApplication.CreateBuilder(args);
builder.Services.AddRazorPages();
builder.Services.AddAccounts();
builder.Services.AddMessages();
builder.Services.AddParley(options =>
{
    // Messages: clients read them here and post them to the application, which checks them first (Messages/MessageEndpoints.cs).
    options.Channels.Namespaces["room"] = new ChannelOptions
    {
        ChannelPattern = Room.ChannelPattern,
        HistorySize = 100,
        HistoryTtl = TimeSpan.FromDays(1),
        ForceRecovery = true,
        Presence = true,
        JoinLeave = true,
        AllowSubscribe = true,
        AllowPresence = true,
        AllowHistory = true,
    };

    // "Ada is typing": nothing to keep and nothing to check, so clients tell each other directly.
    options.Channels.Namespaces["typing"] = new ChannelOptions
    {
        ChannelPattern = Room.ChannelPattern,
        AllowSubscribe = true,
        AllowPublishForSubscriber = true,
    };
});

var app = builder.Build();
app.UseSecurityHeaders();
app.UseAuthentication();
app.UseAuthorization();
app.UseRateLimiter();
app.MapStaticAssets();
app.MapRazorPages();
app.MapAccounts();
app.MapMessages();
app.MapParley().RequireAuthorization();
app.Run();
