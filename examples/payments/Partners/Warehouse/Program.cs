using Microsoft.AspNetCore.Mvc;

var builder = WebApplication.CreateBuilder(args);
var secret = builder.Configuration["WebhookSecret"] ?? throw new InvalidOperationException("Give the endpoint's secret: WebhookSecret=whsec_... in the environment.");
var inbox = new Inbox(builder.Configuration["Database"] ?? "warehouse.db");
await inbox.CreateTablesAsync();

var app = builder.Build();
app.MapPost("/hooks", async (PaymentCompleted received, [FromHeader(Name = "webhook-id")] string id) =>
{
    await inbox.StoreAsync(id, received.Data);
    return Results.NoContent();
}).RequireWebhookSignature(options =>
{
    options.Keys = [secret];
    options.Ids = null; // the database knows them for longer than a memory does
});
app.MapGet("/payments", () => inbox.CountAsync());

app.Run();
