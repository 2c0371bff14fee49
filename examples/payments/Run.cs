using System.Security.Cryptography;
using Payments.Processes;

namespace Payments;

/// <summary>Starts Parley, two partners and the shop, has customers pay, and counts what has arrived.</summary>
internal sealed class Run : IAsyncDisposable
{
    private readonly RunOptions _options;
    private readonly CancellationToken _stopping;
    private readonly HttpClient _client = new() { Timeout = TimeSpan.FromSeconds(10) };
    private readonly ServiceProcess _parley;
    private readonly ServiceProcess _bookkeeping;
    private readonly ServiceProcess _warehouse;
    private readonly ServiceProcess _shop;
    private readonly string _key = RandomNumberGenerator.GetHexString(64, lowercase: true);

    public Run(RunOptions options, CancellationToken stopping)
    {
        (_options, _stopping) = (options, stopping);
        var addresses = FreeAddress.Find(4);
        _parley = New("parley", Programs.Server, addresses[0]);
        _bookkeeping = New("bookkeeping", Programs.Bookkeeping, addresses[1]);
        _warehouse = New("warehouse", Programs.Warehouse, addresses[2]);
        _shop = New("shop", Programs.Shop, addresses[3]);
    }

    /// <returns>Whether all payments have arrived.</returns>
    public async Task<bool> RunAsync()
    {
        await StartAsync();
        Console.WriteLine($"""

            Databases and logs are in {_options.Data.FullName}
            {_options.Rate} payments a second, {_options.Payments} in all; Enter ends it earlier. Kill what you like meanwhile: kill -9 PID

            """);

        var counts = new Counts(_client, _shop.Address, _bookkeeping.Address, _warehouse.Address);
        using var enough = CancellationTokenSource.CreateLinkedTokenSource(_stopping);
        _ = Task.Run(() => EndOnEnter(enough), CancellationToken.None);
        var customers = new Customers(_client, _shop.Address, _options.Rate);
        var paying = customers.PayAsync(_options.Payments, enough.Token, _stopping);
        var made = await counts.WatchAsync(paying, _stopping);
        return await counts.ReportAsync(made, _stopping);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var service in new[] { _shop, _parley, _bookkeeping, _warehouse })
            await service.DisposeAsync();
        _client.Dispose();
    }

    private async Task StartAsync()
    {
        await _parley.StartAsync(new()
        {
            ["Parley__DataDirectory"] = _options.Data.FullName,
            ["Parley__Api__Keys__0"] = _key,
            // The partners are on this machine. Without it nobody reaches this machine's own services by the URL of an endpoint.
            ["Parley__Webhooks__AllowPrivateNetworks__0"] = "127.0.0.1/32",
        });
        var registration = new Registration(_client, _parley.Address, _key);
        await registration.AddApplicationAsync(_stopping);

        // This partner has verified Stripe's kind of signature for years, and keeps the secret that it has.
        var oldSecret = "whsec_" + RandomNumberGenerator.GetHexString(32, lowercase: true);
        await registration.AddEndpointAsync("bookkeeping", new Uri(_bookkeeping.Address, "/hooks"), new { style = "stripe" }, oldSecret, _stopping);
        await _bookkeeping.StartAsync(Partner("bookkeeping", oldSecret));

        var newSecret = await registration.AddEndpointAsync("warehouse", new Uri(_warehouse.Address, "/hooks"), new { style = "standard" }, secret: null, _stopping);
        await _warehouse.StartAsync(Partner("warehouse", newSecret));

        await _shop.StartAsync(new()
        {
            ["Parley__Address"] = new Uri(_parley.Address, "/api/webhooks").ToString(),
            ["Parley__Key"] = _key,
            ["Database"] = DatabaseOf("shop"),
        });
    }

    private ServiceProcess New(string name, string assembly, Uri address) => new(name, assembly, address, _options.Data);

    private Dictionary<string, string> Partner(string name, string secret) => new() { ["WebhookSecret"] = secret, ["Database"] = DatabaseOf(name) };

    private string DatabaseOf(string name) => Path.Combine(_options.Data.FullName, name + ".db");

    private static void EndOnEnter(CancellationTokenSource enough)
    {
        // Null: there is no terminal.
        if (Console.ReadLine() is null)
            return;
        try
        {
            enough.Cancel();
        }
        catch (ObjectDisposedException)
        {
            // It has ended by itself.
        }
    }
}
