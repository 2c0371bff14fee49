using System.Net;
using System.Threading.Channels;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Microsoft.Extensions.Logging;
using Parley.Testing;

namespace Parley.Webhooks.Tests.Support;

/// <summary>A customer's server: keeps what comes, and answers as a test says.</summary>
internal sealed class Receiver : IAsyncDisposable
{
    private readonly Channel<ReceivedRequest> _received = Channel.CreateUnbounded<ReceivedRequest>();
    private readonly WebApplication _application;
    private volatile RequestDelegate _answer = static context =>
    {
        context.Response.StatusCode = StatusCodes.Status204NoContent;
        return Task.CompletedTask;
    };

    private Receiver(WebApplication application) => _application = application;

    public string Url => _application.Urls.Single() + "/hooks";

    /// <summary>Requests that were not taken.</summary>
    public int Waiting => _received.Reader.Count;

    /// <param name="https">For TLS; default: without.</param>
    public static async Task<Receiver> StartAsync(Action<HttpsConnectionAdapterOptions>? https = null)
    {
        var builder = WebApplication.CreateSlimBuilder();
        if (https is null)
            builder.WebHost.UseUrls("http://127.0.0.1:0");
        else
            builder.WebHost.UseKestrelHttpsConfiguration().ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0, listen => listen.UseHttps(https)));
        builder.Logging.ClearProviders();
        var application = builder.Build();
        var receiver = new Receiver(application);
        application.Run(receiver.ReceiveAsync);
        await application.StartAsync();
        return receiver;
    }

    public void Answer(int status, params (string Name, string Value)[] headers) => Answer(context =>
    {
        context.Response.StatusCode = status;
        foreach (var (name, value) in headers)
            context.Response.Headers[name] = value;
        return Task.CompletedTask;
    });

    public void Answer(RequestDelegate answer) => _answer = answer;

    /// <summary>The body of a request, for an answer to it.</summary>
    public static byte[] BodyOf(HttpContext context) => (byte[])context.Items[typeof(Receiver)]!;

    public Task<ReceivedRequest> NextAsync() => _received.Reader.ReadAsync().AsTask().WaitAsync(Patience.Limit);

    public async Task<List<ReceivedRequest>> NextAsync(int count)
    {
        var all = new List<ReceivedRequest>(count);
        while (all.Count < count)
            all.Add(await NextAsync());
        return all;
    }

    public async ValueTask DisposeAsync() => await _application.EndNowAsync();

    private async Task ReceiveAsync(HttpContext context)
    {
        using var body = new MemoryStream();
        await context.Request.Body.CopyToAsync(body);
        var answer = _answer;
        context.Items[typeof(Receiver)] = body.ToArray();
        _received.Writer.TryWrite(new ReceivedRequest(
            context.Request.Method, context.Request.Path + context.Request.QueryString,
            context.Request.Headers.ToDictionary(static header => header.Key, static header => header.Value.ToString(), StringComparer.OrdinalIgnoreCase),
            body.ToArray()));
        await answer(context);
    }
}

/// <summary>What a receiver got.</summary>
internal sealed record ReceivedRequest(string Method, string Target, IReadOnlyDictionary<string, string> Headers, byte[] Body)
{
    public string Id => Headers["webhook-id"];
}
