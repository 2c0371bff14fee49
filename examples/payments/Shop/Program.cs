using Shop;

var builder = WebApplication.CreateBuilder(args);
var database = $"Data Source={builder.Configuration["Database"] ?? "shop.db"}";
builder.Services.AddWebhookClient(options =>
{
    options.Address = new Uri(builder.Configuration["Parley:Address"] ?? "http://127.0.0.1:8000/api/webhooks");
    options.Key = builder.Configuration["Parley:Key"] ?? throw new InvalidOperationException("Give a key of the server: Parley__Key=... in the environment.");
});
builder.Services.AddWebhookOutbox().UseSqlite(database);
builder.Services.AddSingleton(services => ActivatorUtilities.CreateInstance<PaymentBook>(services, database));

var app = builder.Build();
await app.Services.GetRequiredService<PaymentBook>().CreateTablesAsync();

// The customer chooses the id and may send the payment again when no answer came.
app.MapPut("/payments/{id:guid}", async (Guid id, NewPayment payment, PaymentBook payments) =>
    await payments.TakeAsync(id, payment) ? Results.Created($"/payments/{id}", payment) : Results.NoContent());
app.MapGet("/payments", async (PaymentBook payments) => new { Payments = await payments.CountAsync() });

app.Run();
