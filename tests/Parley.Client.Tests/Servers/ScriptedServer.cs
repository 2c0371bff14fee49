using System.Net;
using System.Threading.Channels;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Logging;
using Parley.Testing;

namespace Parley.Client.Tests.Servers;

/// <summary>A server that says what a test wants, over WebSocket and in JSON.</summary>
internal sealed class ScriptedServer : IAsyncDisposable
{
    private readonly Channel<ScriptedConnection> _connections = Channel.CreateUnbounded<ScriptedConnection>();
    private readonly WebApplication _application;

    private ScriptedServer(WebApplication application) => _application = application;

    public IPEndPoint Endpoint => new(IPAddress.Loopback, new Uri(_application.Urls.Single()).Port);

    /// <summary>Connections that were not taken.</summary>
    public int Waiting => _connections.Reader.Count;

    public static async Task<ScriptedServer> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        var application = builder.Build();
        var server = new ScriptedServer(application);
        application.UseWebSockets();
        application.Run(async context =>
        {
            using var socket = await context.WebSockets.AcceptWebSocketAsync();
            var connection = new ScriptedConnection(socket);
            server._connections.Writer.TryWrite(connection);
            await connection.ReadAsync(context.RequestAborted);
        });
        await application.StartAsync();
        return server;
    }

    /// <summary>Takes the next connection.</summary>
    public Task<ScriptedConnection> NextAsync() => _connections.Reader.ReadAsync().AsTask().WaitAsync(Patience.Limit);

    /// <summary>Takes the next connection, and accepts its session.</summary>
    /// <param name="result">Of the connect.</param>
    public async Task<ScriptedConnection> AcceptAsync(string result = """{"client":"c","version":"scripted"}""")
    {
        var connection = await NextAsync();
        var connect = await connection.NextAsync("connect");
        await connection.ReplyAsync(connect, $"\"connect\":{result}");
        return connection;
    }

    public async ValueTask DisposeAsync()
    {
        await _application.EndNowAsync();
    }
}
