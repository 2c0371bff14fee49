using System.Diagnostics;

namespace Parley.EndToEnd.Tests.Examples;

/// <summary>What <c>examples/payments</c> promises to those who try it.</summary>
public sealed class PaymentsTests
{
    private const int Endless = 1_000_000;

    [Fact]
    public async Task Each_payment_reaches_each_partner_once_though_each_process_is_killed_while_payments_flow()
    {
        await using var run = new PaymentsRun(Endless);
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
}
