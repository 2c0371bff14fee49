using System.Text.Json;
using Microsoft.AspNetCore.DataProtection;
using Parley.Webhooks;

// Scripts of endpoints run in processes of their own: this program once more.
if (WebhookTransformationWorker.RunIfAsked(args))
    return;

var builder = WebApplication.CreateBuilder(args);
var key = builder.Configuration["WebhookKey"] ?? throw new InvalidOperationException("Give a key for the API, 16 characters or more: --WebhookKey ...");

builder.Services.AddParley()
    .AddWebhooks(options =>
    {
        options.OperatorKeys = [key];
        options.Retention = TimeSpan.FromDays(30);
    })
    .UseSqlite("data/webhooks.db");

// The keys that open the endpoints' secrets: where they are lost, nothing can be signed.
builder.Services.AddDataProtection().PersistKeysToFileSystem(new DirectoryInfo("data/webhook-keys"));

var app = builder.Build();
app.MapParley();
app.MapParleyWebhooks();
app.MapParleyWebhookKeys();
app.MapPost("/orders", async (Order order, IWebhooks webhooks) =>
{
    var payload = JsonSerializer.SerializeToUtf8Bytes(order, JsonSerializerOptions.Web);
    return await webhooks.SendAsync(order.Customer, new WebhookMessage("order.placed", payload) { Uid = order.Id.ToString() });
});

app.Run();

internal sealed record Order(Guid Id, string Customer, decimal Amount);
