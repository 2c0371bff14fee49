using System.Globalization;
using System.Text.RegularExpressions;
using Microsoft.Data.Sqlite;
using Parley.Testing;

namespace Parley.EndToEnd.Tests.Examples;

/// <summary>The example <c>examples/payments</c>, started as a user starts it, with what it prints and its databases.</summary>
internal sealed partial class PaymentsRun : IAsyncDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("parley-payments-test-");
    private readonly ChildProcess _process;

    /// <param name="payments">How many it makes, unless <see cref="EndAsync"/> comes first.</param>
    public PaymentsRun(int payments)
    {
        var folder = Repository.PathOf("examples", "payments");
        _process = ChildProcess.Start(
            "dotnet",
            [
                "exec", Path.Combine(folder, "bin", Repository.Configuration, "net10.0", "Payments.dll"),
                "--payments", payments.ToString(CultureInfo.InvariantCulture), "--rate", "5", "--data", _folder.FullName,
            ],
            _folder.Parent!.FullName);
    }

    /// <summary>Waits until a process listens that is not one of those before.</summary>
    /// <returns>Its id.</returns>
    public async Task<int> StartsAsync(string name, int? before = null)
    {
        var line = await _process.WaitForLineAsync(line => IdOf(line, name) is { } id && id != before);
        return IdOf(line, name)!.Value;
    }

    /// <summary>Where a process listens.</summary>
    public async Task<Uri> AddressOfAsync(string name) =>
        new(ServiceLine().Match(await _process.WaitForLineAsync(line => IdOf(line, name) is not null)).Groups[3].Value);

    /// <summary>Waits until customers have paid and both partners have heard of more than so many payments.</summary>
    /// <returns>How many the shop had.</returns>
    public async Task<int> FlowsAsync(int beyond)
    {
        var line = await _process.WaitForLineAsync(line => ProgressLine().Match(line) is { Success: true } match
            && match.Groups.Values.Skip(1).All(group => int.Parse(group.Value, CultureInfo.InvariantCulture) > beyond));
        return int.Parse(ProgressLine().Match(line).Groups[1].Value, CultureInfo.InvariantCulture);
    }

    /// <summary>Presses Enter, and waits for the end.</summary>
    /// <returns>The exit code, and all that was printed.</returns>
    public async Task<(int ExitCode, string Output)> EndAsync()
    {
        await _process.WriteLineAsync("");
        return (await _process.Exit.WaitAsync(Patience.Limit), _process.Output);
    }

    /// <summary>The column of a query on one of the databases, in its order.</summary>
    public List<string> Read(string database, string query)
    {
        using var connection = new SqliteConnection($"Data Source={Path.Combine(_folder.FullName, database)};Pooling=False");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = query;
        using var reader = command.ExecuteReader();
        var values = new List<string>();
        while (reader.Read())
            values.Add(reader.GetString(0));
        return values;
    }

    public async ValueTask DisposeAsync()
    {
        await _process.DisposeAsync();
        _folder.Delete(recursive: true);
    }

    private static int? IdOf(string line, string name) =>
        ServiceLine().Match(line) is { Success: true } match && match.Groups[1].Value == name ? int.Parse(match.Groups[2].Value, CultureInfo.InvariantCulture) : null;

    [GeneratedRegex(@"^(\w+) +pid (\d+) +(http.+)$")]
    private static partial Regex ServiceLine();

    [GeneratedRegex(@"^payments (\d+): bookkeeping has (\d+), warehouse has (\d+)$")]
    private static partial Regex ProgressLine();
}
