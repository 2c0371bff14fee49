using System.Globalization;
using System.Net;
using Parley.Testing;

namespace Parley.EndToEnd.Tests.Scenarios;

/// <summary>The server may open no more files, each of which a connection is.</summary>
public sealed class FewDescriptorsTests
{
    private const int Clients = 300;
    private const int Room = 100;

    /// <summary>The part of the limit that is kept for others than connections, where it is a low one.</summary>
    private const int Kept = 8;

    /// <summary>Files that the server may have open for a moment only.</summary>
    private const int Slack = 16;

    [Fact]
    public async Task Clients_that_there_is_no_room_for_wait_and_get_in_when_others_leave()
    {
        await using var server = new OpenServer { MayLogErrors = true };
        await server.StartAsync();
        // What the runtime loads for the first client is loaded.
        await using var first = await RawWebSocketClient.ConnectAsync(server.Endpoint, "/connection/websocket");
        var open = Directory.GetFileSystemEntries($"/proc/{server.Process.Id}/fd").Length;
        var limit = open + Room;
        await LimitAsync(server, string.Create(CultureInfo.InvariantCulture, $"{limit}:"));

        var clients = new List<RawWebSocketClient>();
        var answers = new List<Task<RawHttpResponse>>();
        for (var i = 0; i < Clients; i++)
        {
            var client = await RawWebSocketClient.OpenAsync(server.Endpoint);
            clients.Add(client);
            await client.SendAsync(RawWebSocketClient.Handshake(server.Endpoint, "/connection/websocket"));
            answers.Add(client.ReadResponseAsync());
        }

        await Eventually.BecomesAsync(() => Task.FromResult(server.Log), static log => log.Contains("No connections can be accepted", StringComparison.Ordinal));
        Assert.InRange(answers.Count(static answer => !answer.IsCompleted), Clients - Room, Clients - 1);
        Assert.InRange(Directory.GetFileSystemEntries($"/proc/{server.Process.Id}/fd").Length, 1, limit - (limit / Kept) + Slack);
        for (var i = 0; i < Clients; i++)
        {
            // Those that are in are the first, and each that leaves lets in one that waits.
            Assert.Equal((int)HttpStatusCode.SwitchingProtocols, (await answers[i]).Status);
            await clients[i].DisposeAsync();
        }

        Assert.Equal(1, server.Log.Split("No connections can be accepted").Length - 1);
        Assert.Contains($"this process may have {limit} files open (RLIMIT_NOFILE)", server.Log, StringComparison.Ordinal);
    }

    private static async Task LimitAsync(ParleyServerProcess server, string files)
    {
        await using var process = ChildProcess.Start("prlimit", ["--pid", $"{server.Process.Id}", $"--nofile={files}"]);
        Assert.Equal(0, await process.Exit.WaitAsync(Patience.Limit));
    }

    private sealed class OpenServer() : ParleyServerProcess("""{ "Clients": { "Insecure": true } }""");
}
