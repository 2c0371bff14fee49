using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Http.Json;

namespace Parley.EndToEnd.Tests.Examples;

/// <summary>What <c>examples/payments</c> promises to those who try it.</summary>
public sealed class PaymentsTests
{
    private const int Endless = 1_000_000;

    [Fact]
    public async Task Each_payment_reaches_each_partner_once_though_each_process_is_killed_while_payments_flow()
    {
        await using var run = new PaymentsRun(Endless);
        // One after the other, in this order.
        foreach (var name in new[] { "parley", "bookkeeping", "warehouse", "shop" })
            await run.StartsAsync(name);
        var paid = await run.FlowsAsync(beyond: 0);

        foreach (var name in new[] { "bookkeeping", "warehouse", "parley", "shop" })
        {
            var id = await run.StartsAsync(name);
            using (var process = Process.GetProcessById(id))
                process.Kill(); // SIGKILL
            await run.StartsAsync(name, before: id);
            paid = await run.FlowsAsync(beyond: paid);
        }

        var (exitCode, output) = await run.EndAsync();

        Assert.True(exitCode == 0, output);
        Assert.Contains("Nothing is missing", output);
        var payments = run.Read("shop.db", "SELECT id FROM payments ORDER BY id");
        Assert.True(payments.Count > paid);
        Assert.Equal(payments, run.Read("bookkeeping.db", "SELECT payment FROM received ORDER BY payment"));
        Assert.Equal(payments, run.Read("warehouse.db", "SELECT payment FROM received ORDER BY payment"));
        // One message to both, by whose id each of them knows what it has.
        Assert.Equal(
            run.Read("bookkeeping.db", "SELECT webhook_id || payment FROM received ORDER BY 1"),
            run.Read("warehouse.db", "SELECT webhook_id || payment FROM received ORDER BY 1"));
    }

    [Fact]
    public async Task Partners_refuse_what_others_have_signed()
    {
        await using var run = new PaymentsRun(Endless);
        using var client = new HttpClient();
        var now = DateTimeOffset.UtcNow.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);

        Assert.Equal(HttpStatusCode.Unauthorized, await SendAsync("bookkeeping", ("Stripe-Signature", $"t={now},v1={new string('0', 64)}")));
        Assert.Equal(HttpStatusCode.Unauthorized, await SendAsync("warehouse",
            ("webhook-timestamp", now), ("webhook-signature", "v1," + Convert.ToBase64String(new byte[32]))));

        async Task<HttpStatusCode> SendAsync(string name, params (string Name, string Value)[] headers)
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(await run.AddressOfAsync(name), "/hooks"));
            request.Content = JsonContent.Create(new { type = "payment.completed", timestamp = DateTimeOffset.UtcNow, data = new { id = Guid.NewGuid(), customer = "Eve", cents = 1 } });
            request.Headers.Add("webhook-id", "msg_of_eve");
            foreach (var (header, value) in headers)
                request.Headers.Add(header, value);
            using var response = await client.SendAsync(request);
            return response.StatusCode;
        }
    }
}
