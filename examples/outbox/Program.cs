using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Parley.Webhooks;

var builder = WebApplication.CreateBuilder(args);
builder.Services.AddWebhookClient(options =>
{
    options.Address = new Uri(builder.Configuration["Parley:Address"] ?? "http://127.0.0.1:8000/api/webhooks");
    options.Key = builder.Configuration["Parley:Key"] ?? throw new InvalidOperationException("Give a key of the server: --Parley:Key ...");
});
builder.Services.AddDbContext<ShopContext>(static options => options.UseSqlite("Data Source=shop.db"));
builder.Services.AddWebhookOutbox().UseEntityFrameworkCore<ShopContext>();

var app = builder.Build();
await using (var scope = app.Services.CreateAsyncScope())
{
    // An application with a future has migrations instead: the outbox's tables are part of its model.
    await scope.ServiceProvider.GetRequiredService<ShopContext>().Database.EnsureCreatedAsync();
}

app.MapPost("/orders", async (NewOrder placed, ShopContext shop) =>
{
    var order = new Order { Customer = placed.Customer, Amount = placed.Amount };
    shop.Orders.Add(order);
    shop.EnqueueWebhook(order.Customer, new WebhookMessage("order.placed", JsonSerializer.SerializeToUtf8Bytes(order, JsonSerializerOptions.Web)));
    await shop.SaveChangesAsync();
    return Results.Created($"/orders/{order.Id}", order);
});

app.Run();

internal sealed record NewOrder(string Customer, decimal Amount);
