var builder = WebApplication.CreateBuilder(args);
var app = builder.Build();

// The secret of the endpoint: GET /api/webhooks/applications/APP/endpoints/EP/secret
var secret = builder.Configuration["WebhookSecret"] ?? throw new InvalidOperationException("Give the endpoint's secret: --WebhookSecret whsec_...");

app.MapPost("/hooks", (PaymentEvent received) =>
{
    Console.WriteLine($"{received.Customer} paid {received.Amount}");
    return Results.NoContent();
}).RequireWebhookSignature(secret);

app.Run();

internal sealed record PaymentEvent(string Customer, decimal Amount);
