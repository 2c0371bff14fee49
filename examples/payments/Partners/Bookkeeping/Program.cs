using System.Text.Json;
using Bookkeeping;

const int MaxBody = 256 * 1024;

var builder = WebApplication.CreateBuilder(args);
builder.WebHost.ConfigureKestrel(kestrel => kestrel.Limits.MaxRequestBodySize = MaxBody);
var secret = builder.Configuration["WebhookSecret"] ?? throw new InvalidOperationException("Give the endpoint's secret: WebhookSecret=whsec_... in the environment.");
var inbox = new Inbox(builder.Configuration["Database"] ?? "bookkeeping.db");
await inbox.CreateTablesAsync();

var app = builder.Build();
app.MapPost("/hooks", async (HttpRequest request) =>
{
    // What was signed are these bytes; a parser in between would change them.
    using var body = new MemoryStream();
    await request.Body.CopyToAsync(body);
    if (!StripeSignature.IsValid(request.Headers["Stripe-Signature"].ToString(), body.ToArray(), secret, DateTimeOffset.UtcNow))
        return Results.Unauthorized();

    var received = JsonSerializer.Deserialize<PaymentCompleted>(body.ToArray(), JsonSerializerOptions.Web)!;
    await inbox.StoreAsync(request.Headers["webhook-id"].ToString(), received.Data);
    return Results.NoContent();
});
app.MapGet("/payments", () => inbox.CountAsync());

app.Run();
