using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Net.WebSockets;
using System.Text;
using System.Text.Json;
using Parley.Testing;

namespace Parley.Server.Tests.Commands;

public sealed class ServeCommandTests : IDisposable
{
    private const string Canary = "canary-canary-canary-canary-canary-canary-canary";
    private static readonly string[] AnyPort = ["--urls", "http://127.0.0.1:0"];

    private readonly TestFolder _folder = new();
    private readonly HttpClient _client = new();

    public void Dispose()
    {
        _client.Dispose();
        _folder.Dispose();
    }

    [Theory]
    [InlineData]
    [InlineData("serve")]
    public async Task Serve_with_and_without_its_name_says_where_it_listens_and_what_to_do_next(params string[] command)
    {
        await using var server = ServerProcess.Start(_folder, [.. command, .. AnyPort]);
        var address = await server.WaitForAddressAsync();
        await StopAsync(server);

        Assert.Contains($"ws://{address.Authority}/connection/websocket", server.Output);
        Assert.Contains($"{address}health/ready", server.Output);
        Assert.Contains("token --user alice", server.Output);
        Assert.Contains($"curl {address}api/publish", server.Output);
        Assert.Contains(_folder.KeyFile, server.Output);
    }

    [Fact]
    public async Task First_start_makes_keys_the_second_uses_them_and_neither_shows_them()
    {
        var first = await StartAndStopAsync(AnyPort);
        var content = File.ReadAllText(_folder.KeyFile);
        var second = await StartAndStopAsync(AnyPort);

        Assert.Equal(content, File.ReadAllText(_folder.KeyFile));
        var keys = JsonDocument.Parse(content).RootElement.EnumerateObject().Select(property => property.Value.GetString()!).ToList();
        Assert.Equal(2, keys.Count);
        Assert.All(keys, key => Assert.DoesNotContain(key, first + second));
    }

    [Fact]
    public async Task Several_first_starts_at_once_agree_on_the_keys()
    {
        var runs = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => ServerProcess.RunAsync(_folder, ["token", "--user", "alice", "--ttl", "never"])));
        foreach (var run in runs)
            await run.DisposeAsync();

        Assert.All(runs, run => Assert.Empty(run.Error));
        Assert.Equal([_folder.KeyFile], Directory.GetFiles(_folder.File("data")));
    }

    [Fact]
    public async Task Configured_secrets_and_query_strings_never_reach_the_output()
    {
        Dictionary<string, string> environment = new()
        {
            ["Parley__Tokens__HmacSecret"] = Canary + "1",
            ["Parley__Api__Keys__0"] = Canary + "2",
        };
        await using var server = ServerProcess.Start(_folder, AnyPort, environment);
        var address = await server.WaitForAddressAsync();
        using var answer = await _client.GetAsync(new Uri(address, $"/connection/websocket?token={Canary}"));
        await StopAsync(server);

        Assert.DoesNotContain("canary", server.Everything);
        Assert.False(File.Exists(_folder.File("data/keys.json")));
    }

    [Fact]
    public async Task Serve_logs_its_version_addresses_files_and_data_directory()
    {
        _folder.Write("parley.json", "{}");

        var output = await StartAndStopAsync(AnyPort);

        Assert.Matches(@"Parley \d+\.\d+\.\d+ is listening on http://127.0.0.1:\d+", output);
        Assert.Contains($"Configuration files: {_folder.File("parley.json")}; data directory: {_folder.File("data")}", output);
    }

    [Fact]
    public async Task With_a_log_for_machines_every_line_of_the_output_is_of_that_log()
    {
        var output = await StartAndStopAsync([.. AnyPort, "--Logging:Console:FormatterName", "json"]);

        Assert.All(output.Split('\n', StringSplitOptions.RemoveEmptyEntries), line => JsonDocument.Parse(line).Dispose());
    }

    [Fact]
    public async Task Serve_with_a_damaged_key_file_exits_with_1_and_says_which()
    {
        _folder.Write("data/keys.json", "{ canary");

        var error = await FailAsync(AnyPort);

        Assert.Contains(_folder.KeyFile, error);
        Assert.Contains("damaged", error);
        Assert.DoesNotContain("canary", error);
    }

    [Fact]
    public async Task Serve_where_the_data_directory_cannot_be_made_exits_with_1_and_names_the_key()
    {
        _folder.Write("file", "");

        Assert.Contains("Parley:DataDirectory", await FailAsync([.. AnyPort, "--Parley:DataDirectory", "file/data"]));
    }

    [Fact]
    public async Task Serve_with_a_bad_configuration_exits_with_1_and_says_everything_at_once()
    {
        var error = await FailAsync([.. AnyPort, "--Parley:Clients:Insecure", "yes", "--Parley:ShutdownTimeout", "1h"]);

        Assert.Contains("Parley:Clients:Insecure = \"yes\"", error);
        Assert.Contains("Parley:ShutdownTimeout = \"1h\"", error);
        Assert.False(File.Exists(_folder.File("data/keys.json")));
    }

    [Fact]
    public async Task Serve_on_an_address_in_use_exits_with_1_and_one_sentence()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();

        var error = await FailAsync(["--urls", $"http://127.0.0.1:{((IPEndPoint)listener.LocalEndpoint).Port}"]);

        Assert.Contains("address already in use", error);
        Assert.Contains("--urls", error);
    }

    [Fact]
    public async Task Development_mode_on_an_address_that_others_reach_exits_with_1()
        => Assert.Contains("development mode", await FailAsync(["--dev", "--urls", "http://0.0.0.0:0"]));

    [Fact]
    public async Task The_environment_called_Development_is_development_mode()
    {
        await using var run = ServerProcess.Start(
            _folder, ["--urls", "http://0.0.0.0:0"], new Dictionary<string, string> { ["ASPNETCORE_ENVIRONMENT"] = "Development" });

        Assert.Equal(1, await run.WaitForExitAsync());
        Assert.Contains("development mode", run.Error);
    }

    [Fact]
    public async Task Addresses_come_from_the_environment_when_the_command_line_gives_none()
    {
        await using var server = ServerProcess.Start(
            _folder, ["serve"], new Dictionary<string, string> { ["ASPNETCORE_URLS"] = "http://[::1]:0" });

        Assert.Equal("[::1]", (await server.WaitForAddressAsync()).Host);
    }

    [Fact]
    public async Task Addresses_come_from_the_endpoints_of_the_web_server_when_those_are_configured()
    {
        await using var server = ServerProcess.Start(_folder, ["--Kestrel:Endpoints:Web:Url", "http://127.0.0.2:0"]);

        Assert.Equal("127.0.0.2", (await server.WaitForAddressAsync()).Host);
    }

    [Fact]
    public async Task An_unencrypted_address_that_others_reach_is_warned_of_unless_a_proxy_is_declared()
    {
        string[] everywhere = ["--urls", "http://0.0.0.0:0"];

        Assert.Contains("NOT ENCRYPTED", await StartAndStopAsync(everywhere));
        Assert.DoesNotContain("NOT ENCRYPTED", await StartAndStopAsync([.. everywhere, "--Parley:Proxies:0", "10.0.0.5"]));
        Assert.DoesNotContain("NOT ENCRYPTED", await StartAndStopAsync(AnyPort));
    }

    [Fact]
    public async Task Insecure_settings_outside_of_development_mode_are_warned_of()
    {
        var output = await StartAndStopAsync([.. AnyPort, "--Parley:Clients:Insecure", "true", "--Parley:Api:Insecure", "true"]);

        Assert.Contains("Parley:Clients:Insecure is on", output);
        Assert.Contains("Parley:Api:Insecure is on", output);
    }

    [Fact]
    public async Task A_key_file_that_others_can_read_is_warned_of()
    {
        await StartAndStopAsync(AnyPort);
        File.SetUnixFileMode(_folder.KeyFile, UnixFileMode.UserRead | UnixFileMode.OtherRead);

        Assert.Contains($"chmod 600 {_folder.KeyFile}", await StartAndStopAsync(AnyPort));
    }

    [Fact]
    public async Task A_low_limit_of_open_files_is_warned_of_with_the_connections_it_allows()
    {
        await using var server = ServerProcess.Start(
            _folder, "/bin/sh", ["-c", $"ulimit -n 1000; exec dotnet exec '{ServerProcess.AssemblyPath}' --urls http://127.0.0.1:0"]);
        await server.WaitForAddressAsync();
        await StopAsync(server);

        Assert.Contains("may open 1000 files", server.Output);
        Assert.Contains("about 750 connections", server.Output);
    }

    [Fact]
    public async Task The_root_says_what_this_is_health_answers_and_there_is_nothing_else()
    {
        await using var server = ServerProcess.Start(_folder, AnyPort);
        var address = await server.WaitForAddressAsync();

        using var root = await _client.GetAsync(address);
        Assert.Equal("text/plain", root.Content.Headers.ContentType?.MediaType);
        Assert.StartsWith("Parley", await root.Content.ReadAsStringAsync());
        Assert.False(root.Headers.Contains("Server"));
        Assert.Equal("live\n", await _client.GetStringAsync(new Uri(address, "/health/live")));
        Assert.Equal("ready\n", await _client.GetStringAsync(new Uri(address, "/health/ready")));
        foreach (var path in new[] { "/nothing", "/dev/page.js", "/dev/settings.json", "/dev/token" })
        {
            using var answer = await _client.GetAsync(new Uri(address, path));
            Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
        }
    }

    [Fact]
    public async Task On_a_stop_clients_are_told_to_come_back_and_the_exit_code_is_0()
    {
        await using var server = ServerProcess.Start(_folder, [.. AnyPort, "--Parley:Clients:AllowAnonymous", "true"]);
        using var client = await ConnectAsync(await server.WaitForAddressAsync());

        server.Terminate();

        var close = await client.ReceiveAsync(new byte[64].AsMemory(), CancellationToken.None).AsTask().WaitAsync(Patience.Limit);
        Assert.Equal((WebSocketMessageType.Close, 3001), (close.MessageType, (int?)client.CloseStatus));
        await client.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, CancellationToken.None);
        Assert.Equal(0, await server.WaitForExitAsync());
    }

    [Fact]
    public async Task On_a_stop_a_client_that_does_not_answer_holds_the_server_no_longer_than_configured()
    {
        string[] arguments =
        [
            .. AnyPort, "--Parley:Clients:AllowAnonymous", "true", "--Parley:Clients:DrainWindow", "00:00:00", "--Parley:ShutdownTimeout", "00:00:01",
        ];
        await using var server = ServerProcess.Start(_folder, arguments);
        using var client = await ConnectAsync(await server.WaitForAddressAsync());
        var started = Stopwatch.GetTimestamp();

        server.Terminate();

        Assert.Equal(0, await server.WaitForExitAsync());
        Assert.InRange(Stopwatch.GetElapsedTime(started), TimeSpan.Zero, TimeSpan.FromSeconds(20));
        Assert.DoesNotContain("   at ", server.Everything);
    }

    private static async Task<ClientWebSocket> ConnectAsync(Uri address)
    {
        var client = new ClientWebSocket();
        await client.ConnectAsync(new UriBuilder(address) { Scheme = "ws", Path = "/connection/websocket" }.Uri, CancellationToken.None);
        await client.SendAsync("""{"id":1,"connect":{}}"""u8.ToArray(), WebSocketMessageType.Text, true, CancellationToken.None);
        var buffer = new byte[4096];
        var reply = await client.ReceiveAsync(buffer.AsMemory(), CancellationToken.None).AsTask().WaitAsync(Patience.Limit);
        Assert.Contains("\"client\"", Encoding.UTF8.GetString(buffer, 0, reply.Count));
        return client;
    }

    private async Task<string> StartAndStopAsync(IEnumerable<string> arguments)
    {
        await using var server = ServerProcess.Start(_folder, arguments);
        await server.WaitForAddressAsync();
        await StopAsync(server);
        return server.Everything;
    }

    private static async Task StopAsync(ServerProcess server)
    {
        server.Terminate();
        Assert.Equal(0, await server.WaitForExitAsync());
    }

    private async Task<string> FailAsync(IEnumerable<string> arguments)
    {
        await using var server = await ServerProcess.RunAsync(_folder, arguments);
        Assert.Equal(1, server.ExitCode);
        Assert.DoesNotContain("   at ", server.Everything);
        Assert.Empty(server.Output);
        return server.Error;
    }
}
