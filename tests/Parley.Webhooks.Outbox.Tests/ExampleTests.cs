using System.Net.Http.Json;
using System.Net.Sockets;
using System.Text.Json;
using Microsoft.Data.Sqlite;
using Parley.Testing;
using Parley.Webhooks.Outbox.Tests.Support;

namespace Parley.Webhooks.Outbox.Tests;

/// <summary>The application of the guide as a process, which writes by EF Core and sends through the API.</summary>
public sealed class ExampleTests(ParleyNode parley) : IClassFixture<ParleyNode>, IDisposable
{
    private const string Listening = "Now listening on: ";

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("parley-outbox-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task Each_order_is_one_message_however_often_the_application_is_killed()
    {
        const int Kills = 4;
        const int Customers = 3;
        var customer = await parley.NewApplicationAsync();
        for (var kill = 0; kill < Kills; kill++)
        {
            var (application, address) = await StartAsync();
            await using var _ = application;
            using var placed = new SemaphoreSlim(0);
            var customers = Enumerable.Range(0, Customers).Select(_ => PlaceUntilKilledAsync(address, customer, placed)).ToList();
            for (var order = 0; order < 10; order++)
                await placed.WaitAsync(Patience.Limit);
            await application.KillAsync();
            await Task.WhenAll(customers);
        }

        var (last, _) = await StartAsync();
        await using (last)
            await Eventually.BecomesAsync(() => Task.FromResult(Read("SELECT uid FROM parley_outbox")), static rows => rows.Count == 0);

        var orders = Read("SELECT Id FROM Orders").Select(static id => Guid.Parse(id)).Order().ToList();
        var sent = (await parley.PayloadsAsync(customer)).Select(static payload => JsonElement.Parse(payload).GetProperty("id").GetGuid()).Order();
        Assert.InRange(orders.Count, Kills * 10, int.MaxValue);
        Assert.Equal(orders, sent);
    }

    private async Task<(ChildProcess Application, Uri Address)> StartAsync()
    {
        var assembly = Repository.PathOf("examples", "outbox", "bin", Repository.Configuration, "net10.0", "Outbox.dll");
        var application = ChildProcess.Start(
            "dotnet",
            [assembly, "--urls", "http://127.0.0.1:0", "--Parley:Address", parley.Address.ToString(), "--Parley:Key", ParleyNode.Key],
            _folder.FullName);
        var line = await application.WaitForLineAsync(static line => line.Contains(Listening, StringComparison.Ordinal));
        return (application, new Uri(line[(line.IndexOf(Listening, StringComparison.Ordinal) + Listening.Length)..].Trim()));
    }

    private static async Task PlaceUntilKilledAsync(Uri address, string customer, SemaphoreSlim placed)
    {
        using var client = new HttpClient { BaseAddress = address };
        try
        {
            while (true)
            {
                using var response = await client.PostAsJsonAsync("/orders", new { customer, amount = 700 });
                response.EnsureSuccessStatusCode();
                placed.Release();
            }
        }
        catch (Exception exception) when (exception is HttpRequestException or SocketException)
        {
            // It was killed; whether this last order was committed only the database knows.
        }
    }

    private List<string> Read(string sql)
    {
        using var connection = new SqliteConnection($"Data Source={Path.Combine(_folder.FullName, "shop.db")};Pooling=False");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        using var reader = command.ExecuteReader();
        var values = new List<string>();
        while (reader.Read())
            values.Add(reader.GetString(0));
        return values;
    }
}
