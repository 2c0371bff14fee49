using System.Text.Json;

namespace Parley.Server.Tests.Commands;

public sealed class CheckCommandTests : IDisposable
{
    private const string Canary = "canary-canary-canary-canary-canary-canary-canary";

    private readonly TestFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Check_of_an_empty_folder_prints_the_defaults_and_writes_nothing()
    {
        await using var check = await ServerProcess.RunAsync(_folder, ["check"]);

        Assert.Equal(0, check.ExitCode);
        var root = JsonDocument.Parse(check.Output).RootElement;
        Assert.Equal("http://127.0.0.1:8000", root.GetProperty("Urls")[0].GetString());
        Assert.Equal("00:00:25", root.GetProperty("Parley").GetProperty("Clients").GetProperty("PingInterval").GetString());
        Assert.Equal("./data", root.GetProperty("Parley").GetProperty("DataDirectory").GetString());
        Assert.Empty(Directory.GetFileSystemEntries(_folder.Path));
    }

    [Fact]
    public async Task Sources_win_in_the_documented_order()
    {
        // Each source sets its own key and all that come after it: every key must end with the value of its last source.
        _folder.Write("appsettings.json", """{"Parley": {"Clients": {"MaxChannels": 1, "MaxConnections": 1, "HandshakesPerSecond": 1, "Concurrency": 1, "MaxMessageBytes": 2001}}}""");
        _folder.Write("parley.json", """
            {
              // Comments and trailing commas are fine.
              "Parley": {"Clients": {"MaxConnections": 2, "HandshakesPerSecond": 2, "Concurrency": 2, "MaxMessageBytes": 2002,}},
            }
            """);
        _folder.Write("own.json", """{"Parley": {"Clients": {"HandshakesPerSecond": 3, "Concurrency": 3, "MaxMessageBytes": 2003}}}""");
        Dictionary<string, string> environment = new() { ["Parley__Clients__Concurrency"] = "4", ["Parley__Clients__MaxMessageBytes"] = "2004" };

        await using var check = await ServerProcess.RunAsync(
            _folder, ["check", "--config", "own.json", "--Parley:Clients:MaxMessageBytes=2005"], environment);

        Assert.True(check.ExitCode == 0, check.Everything);
        var clients = JsonDocument.Parse(check.Output).RootElement.GetProperty("Parley").GetProperty("Clients");
        Assert.Equal(
            [1, 2, 3, 4, 2005],
            new[] { "MaxChannels", "MaxConnections", "HandshakesPerSecond", "Concurrency", "MaxMessageBytes" }.Select(key => clients.GetProperty(key).GetInt32()));
        Assert.Contains(_folder.File("appsettings.json"), check.Error);
        Assert.Contains(_folder.File("parley.json"), check.Error);
        Assert.Contains(_folder.File("own.json"), check.Error);
    }

    [Fact]
    public async Task Check_masks_secrets()
    {
        _folder.Write("parley.json", $$$"""
            {"Parley": {
              "Tokens": {"HmacSecret": "{{{Canary}}}"}, "SubscriptionTokens": {"HmacSecret": "{{{Canary}}}"}, "Api": {"Keys": ["{{{Canary}}}"]}
            }}
            """);

        await using var check = await ServerProcess.RunAsync(_folder, ["check"]);

        Assert.True(check.ExitCode == 0, check.Everything);
        Assert.DoesNotContain("canary", check.Everything);
        var parley = JsonDocument.Parse(check.Output).RootElement.GetProperty("Parley");
        Assert.Equal("***", parley.GetProperty("Tokens").GetProperty("HmacSecret").GetString());
        Assert.Equal("***", parley.GetProperty("SubscriptionTokens").GetProperty("HmacSecret").GetString());
        Assert.Equal("***", parley.GetProperty("Api").GetProperty("Keys")[0].GetString());
    }

    [Fact]
    public async Task Check_of_a_bad_configuration_exits_with_1_and_says_everything_at_once()
    {
        _folder.Write("parley.json", """{"Parley": {"Clients": {"PingInterval": "25s", "MaxChannels": "many"}, "Broker": {"Type": "redis"}}}""");

        await using var check = await ServerProcess.RunAsync(_folder, ["check"]);

        Assert.Equal(1, check.ExitCode);
        Assert.Empty(check.Output);
        Assert.Contains("3 problems", check.Error);
        Assert.Contains("""Parley:Clients:PingInterval = "25s""", check.Error);
        Assert.Contains("""Parley:Clients:MaxChannels = "many""", check.Error);
        Assert.Contains("""Parley:Broker:Type = "redis""", check.Error);
        Assert.DoesNotContain("   at ", check.Error);
    }

    [Fact]
    public async Task Check_of_a_misspelt_key_suggests_the_right_one_whatever_source_it_comes_from()
    {
        _folder.Write("parley.json", """{"Parley": {"Clients": {"MaxChanels": 64}}}""");

        await using var check = await ServerProcess.RunAsync(
            _folder, ["check", "--Parley:Api:Kees:0=canary"], new Dictionary<string, string> { ["Parley__Tokens__HmacSecrt"] = "canary" });

        Assert.Equal(1, check.ExitCode);
        Assert.Contains("Did you mean Parley:Clients:MaxChannels?", check.Error);
        Assert.Contains("Did you mean Parley:Api:Keys?", check.Error);
        Assert.Contains("Did you mean Parley:Tokens:HmacSecret?", check.Error);
        Assert.DoesNotContain("canary", check.Everything);
    }

    [Theory]
    [InlineData("{")]
    [InlineData("""{"Parley": {"DataDirectory": "a", "dataDirectory": "b"}}""")]
    [InlineData("[]")]
    public async Task Check_of_a_file_that_is_no_usable_json_exits_with_1_and_names_it(string content)
    {
        _folder.Write("parley.json", content);

        await using var check = await ServerProcess.RunAsync(_folder, ["check"]);

        Assert.Equal(1, check.ExitCode);
        Assert.Contains(_folder.File("parley.json"), check.Error);
        Assert.DoesNotContain("   at ", check.Error);
    }

    [Fact]
    public async Task Check_with_a_config_file_that_is_missing_exits_with_1_and_names_it()
    {
        await using var check = await ServerProcess.RunAsync(_folder, ["check", "--config", "missing.json"]);

        Assert.Equal(1, check.ExitCode);
        Assert.Contains(_folder.File("missing.json"), check.Error);
    }
}
