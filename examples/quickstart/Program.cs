using System.Security.Claims;
using System.Text.Json;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Parley;
using Parley.Channels;

var builder = WebApplication.CreateBuilder(args);
builder.Services.AddAuthorization();
builder.Services.AddAuthentication(CookieAuthenticationDefaults.AuthenticationScheme).AddCookie();
builder.Services.AddParley(options =>
{
    options.Tokens.HmacSecret = builder.Configuration["Parley:Tokens:HmacSecret"];
    options.Channels.Namespaces["chat"] = new ChannelOptions
    {
        AllowSubscribe = true,            // whoever is logged in may listen
        AllowPublishForSubscriber = true, // and speak, once listening
        HistorySize = 50,                 // the newest 50 publications are kept
        HistoryTtl = TimeSpan.FromHours(1),
        AllowHistory = true,              // and may be read
        ForceRecovery = true,             // who was away gets what was missed
    };
});

var app = builder.Build();
app.UseAuthentication();
app.UseAuthorization();
app.UseFileServer();
app.MapPost("/login", async (Login login, HttpContext context) =>
{
    Claim[] claims = [new(ClaimTypes.NameIdentifier, login.Name)];
    await context.SignInAsync(new ClaimsPrincipal(new ClaimsIdentity(claims, "demo")));
});
app.MapPost("/announce", async (Announcement announcement, IPublisher publisher) =>
{
    var data = JsonSerializer.SerializeToUtf8Bytes(announcement, JsonSerializerOptions.Web);
    var published = await publisher.PublishAsync("chat:lobby", data);
    return new { published.Position.Offset };
}).RequireAuthorization();
app.MapTokens();
app.MapParley().RequireAuthorization();
app.Run();

internal sealed record Login(string Name);

internal sealed record Announcement(string Text);
