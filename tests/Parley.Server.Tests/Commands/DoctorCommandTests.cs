using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Parley.Server.Tests.Commands;

/// <summary>The doctor before a healthy server, and before what proxies make of one.</summary>
public sealed class DoctorCommandTests : IDisposable
{
    private readonly TestFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_healthy_server_gets_a_clean_bill()
    {
        await using var server = await StartServerAsync();

        await using var doctor = await DoctorAsync(await server.WaitForAddressAsync(), hold: 3);

        Assert.Equal(0, doctor.ExitCode);
        foreach (var transport in new[] { "websocket", "http_stream", "sse", "events" })
            Assert.Matches($@"(?m)^{transport} +works: opened in \d+ ms, answered in \d+ ms, kept for 3 s with [1-9] pings", doctor.Output);
        Assert.Matches(@"(?m)^long_poll +works: opened in \d+ ms, answered in \d+ ms, kept for 3 s\r?$", doctor.Output);
        Assert.Contains("Every transport works", doctor.Output);
    }

    [Fact]
    public async Task A_server_that_refuses_the_client_is_reached_all_the_same()
    {
        await using var server = ServerProcess.Start(_folder, ["serve", "--urls", "http://127.0.0.1:0"]);

        await using var doctor = await DoctorAsync(await server.WaitForAddressAsync());

        Assert.Equal(0, doctor.ExitCode);
        foreach (var transport in new[] { "websocket", "http_stream", "sse", "long_poll" })
            Assert.Matches($@"(?m)^{transport} +works: .*refused this client \(3501 bad request\)", doctor.Output);
        Assert.Matches(@"(?m)^events +works: .*refused this client \(400 Without a token", doctor.Output);
        Assert.Contains("--token", doctor.Output);
    }

    [Fact]
    public async Task Each_thing_in_the_way_gets_its_advice()
    {
        await using var proxy = await StartProxyAsync(static context => context.Request.Path.Value switch
        {
            "/connection/websocket" => AnswerAsync(context, 400),
            "/connection/http_stream" => AnswerAsync(context, 502),
            "/connection/long_poll" => PollAsync(context),
            "/connection/events" => LogInAsync(context),
            _ => CutAsync(context),
        });

        await using var doctor = await DoctorAsync(new Uri(proxy.Urls.Single()), hold: 1);

        Assert.Equal(1, doctor.ExitCode);
        Assert.Matches(@"websocket +FAILS: answered with HTTP 400 in place of an upgrade[\s\S]*does not pass on the upgrade", doctor.Output);
        Assert.Matches(@"http_stream +FAILS: answered with HTTP 502\s+A proxy did not reach the server", doctor.Output);
        Assert.Matches(@"sse +FAILS: POST /emulation was not taken[\s\S]*let POST /emulation go", doctor.Output);
        Assert.Matches(@"long_poll +FAILS: the held poll was answered with HTTP 504\s+A request without an answer was cut after \d s", doctor.Output);
        Assert.Matches(@"events +FAILS: answered with HTTP 401\s+The server, or something before it, wants credentials", doctor.Output);
        Assert.Contains("No transport works", doctor.Output);
    }

    [Fact]
    public async Task Headers_that_get_lost_are_named()
    {
        await using var proxy = await StartProxyAsync(static context => context.Response.WriteAsync("""{"id":1,"connect":{}}"""));

        await using var doctor = await DoctorAsync(new Uri(proxy.Urls.Single()));

        Assert.Matches(@"long_poll +FAILS: the answer came without its headers\s+.*let Parley-\* pass", doctor.Output);
    }

    [Fact]
    public async Task A_server_that_is_full_is_not_taken_for_one_that_is_cut_off()
    {
        await using var full = await StartProxyAsync(static context =>
        {
            context.Response.ContentType = "text/event-stream";
            return context.Response.WriteAsync("retry: 1500\n\n");
        });

        await using var doctor = await DoctorAsync(new Uri(full.Urls.Single()));

        Assert.Matches(@"events +FAILS: the server asks to come back later\s+The server takes no more connections now", doctor.Output);
    }

    [Fact]
    public async Task Nobody_there_is_said_so()
    {
        await using var doctor = await DoctorAsync(new Uri("http://127.0.0.1:9"));

        Assert.Equal(1, doctor.ExitCode);
        Assert.Contains("Nothing answers there", doctor.Output);
    }

    [Theory]
    [InlineData("doctor", "URL")]
    [InlineData("doctor nonsense", "URL")]
    [InlineData("doctor http://localhost --hold -1", "--hold")]
    [InlineData("doctor http://localhost --header nonsense", "--header")]
    public async Task A_command_line_that_is_not_understood_says_what(string arguments, string named)
    {
        await using var run = await ServerProcess.RunAsync(_folder, arguments.Split(' '));

        Assert.Equal(2, run.ExitCode);
        Assert.Contains(named, run.Error);
    }

    private Task<ServerProcess> StartServerAsync() => Task.FromResult(ServerProcess.Start(_folder,
    [
        "serve", "--urls", "http://127.0.0.1:0", "--Parley:Clients:Insecure", "true",
        "--Parley:Clients:PingInterval", "00:00:01", "--Parley:Clients:PongTimeout", "00:00:00.9",
    ]));

    private Task<ServerProcess> DoctorAsync(Uri server, int hold = 0) =>
        ServerProcess.RunAsync(_folder, ["doctor", server.ToString(), "--hold", $"{hold}"]);

    private static async Task<WebApplication> StartProxyAsync(RequestDelegate answer)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var proxy = builder.Build();
        proxy.Run(answer);
        await proxy.StartAsync();
        return proxy;
    }

    private static Task AnswerAsync(HttpContext context, int status)
    {
        context.Response.StatusCode = status;
        return Task.CompletedTask;
    }

    /// <summary>Opens a session, and does not wait for what its polls wait for.</summary>
    private static Task PollAsync(HttpContext context)
    {
        if (context.Request.Headers.ContainsKey("Parley-Ack")) return AnswerAsync(context, 504);

        context.Response.Headers["Parley-Session"] = "s";
        context.Response.Headers["Parley-Node"] = "n";
        return context.Response.WriteAsync("""{"id":1,"connect":{}}""");
    }

    /// <summary>Asks for a password of its own.</summary>
    private static Task LogInAsync(HttpContext context)
    {
        context.Response.Headers.WWWAuthenticate = "Basic";
        return AnswerAsync(context, 401);
    }

    /// <summary>A stream that is passed on, without what belongs beside it.</summary>
    private static async Task CutAsync(HttpContext context)
    {
        if (context.Request.Path == "/emulation")
        {
            context.Response.StatusCode = StatusCodes.Status404NotFound;
            return;
        }

        await context.Response.WriteAsync("""
            data: {"id":1,"connect":{"session":"s","node":"n"}}


            """);
    }
}
