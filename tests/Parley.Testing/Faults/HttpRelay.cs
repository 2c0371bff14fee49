using System.Net.Sockets;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Logging;

namespace Parley.Testing.Faults;

/// <summary>A proxy between clients and a server that loses, cuts, doubles, delays and reorders single requests. It passes no WebSockets.</summary>
public sealed class HttpRelay : IAsyncDisposable
{
    /// <summary>How long something is late.</summary>
    private static readonly TimeSpan Lateness = TimeSpan.FromMilliseconds(50);

    /// <summary>How long a request is held for another one to pass.</summary>
    private static readonly TimeSpan LongestHold = TimeSpan.FromMilliseconds(500);

    /// <summary>How much of a stream passes before it is cut inside.</summary>
    private const int BytesBeforeCut = 700;

    private readonly WebApplication _application;
    private readonly HttpClient _http;
    private volatile Uri[] _targets;
    private uint _sent;
    private volatile Func<HttpRequest, HttpFault> _faultOf = static _ => HttpFault.None;
    private volatile TaskCompletionSource _passed = NewSource();

    private HttpRelay(WebApplication application, HttpClient http, Uri[] targets)
    {
        _application = application;
        _http = http;
        _targets = targets;
    }

    /// <summary>Where clients connect.</summary>
    public Uri Address => new(_application.Urls.Single());

    /// <summary>Decides what happens to a request. Default nothing.</summary>
    public Func<HttpRequest, HttpFault> FaultOf
    {
        get => _faultOf;
        set => _faultOf = value;
    }

    /// <summary>
    /// Where requests go, one to each in turn, also the two that one is doubled into. What one that is taken out leaves without an answer goes
    /// to another.
    /// </summary>
    public IReadOnlyList<Uri> Targets
    {
        get => _targets;
        set => _targets = [.. value];
    }

    /// <summary>Starts a relay on a free port of the loopback address.</summary>
    /// <param name="targets">Where it relays to, one request to each in turn.</param>
    public static async Task<HttpRelay> StartAsync(params Uri[] targets)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.WebHost.ConfigureKestrel(static kestrel => kestrel.ConfigureEndpointDefaults(static listen => listen.Protocols = HttpProtocols.Http1));
        var application = builder.Build();
        var handler = new SocketsHttpHandler { UseProxy = false, UseCookies = false, AllowAutoRedirect = false };
        var relay = new HttpRelay(application, new HttpClient(handler) { Timeout = Timeout.InfiniteTimeSpan }, targets);
        application.Run(relay.RelayAsync);
        await application.StartAsync();
        return relay;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _application.EndNowAsync();
        _http.Dispose();
    }

    private async Task RelayAsync(HttpContext context)
    {
        try
        {
            if (context.Request.Headers.Upgrade.Count > 0)
            {
                context.Response.StatusCode = StatusCodes.Status502BadGateway;
                return;
            }

            var body = await ReadAsync(context.Request);
            await RelayAsync(context, body, FaultOf(context.Request));
        }
        catch (Exception exception) when (exception is IOException or HttpRequestException or SocketException or OperationCanceledException or Microsoft.AspNetCore.Http.BadHttpRequestException)
        {
            // One side has broken off: so does the other.
            context.Abort();
        }
        finally
        {
            Interlocked.Exchange(ref _passed, NewSource()).TrySetResult();
        }
    }

    private async Task RelayAsync(HttpContext context, byte[] body, HttpFault fault)
    {
        switch (fault)
        {
            case HttpFault.CutBefore:
                context.Abort();
                return;
            case HttpFault.Delay:
                await Task.Delay(Lateness);
                break;
            case HttpFault.Overtaken:
                await Task.WhenAny(_passed.Task, Task.Delay(LongestHold));
                break;
        }

        var doubled = fault == HttpFault.DoubleAtOnce ? SendAndForgetAsync(context.Request, body) : Task.CompletedTask;
        using (var answer = await SendAsync(context.Request, body, context.RequestAborted))
        {
            if (fault == HttpFault.CutAfter)
            {
                // A stream has no end to wait for.
                if (!IsStream(answer)) await answer.Content.LoadIntoBufferAsync(context.RequestAborted);
                context.Abort();
                return;
            }

            if (fault == HttpFault.Double) await SendAndForgetAsync(context.Request, body);
            await AnswerAsync(context, answer, isCut: fault == HttpFault.CutInside);
        }

        await doubled;
    }

    private static async Task AnswerAsync(HttpContext context, HttpResponseMessage answer, bool isCut)
    {
        var response = context.Response;
        response.StatusCode = (int)answer.StatusCode;
        foreach (var (name, values) in answer.Headers.Concat(answer.Content.Headers))
        {
            if (name is not ("Transfer-Encoding" or "Connection" or "Date" or "Server")) response.Headers[name] = values.ToArray();
        }

        context.Features.Get<IHttpResponseBodyFeature>()?.DisableBuffering();
        var left = !isCut ? long.MaxValue : IsStream(answer) ? BytesBeforeCut : (answer.Content.Headers.ContentLength ?? 0) / 2;
        await using var from = await answer.Content.ReadAsStreamAsync(context.RequestAborted);
        if (answer.StatusCode != System.Net.HttpStatusCode.NoContent) await response.StartAsync(context.RequestAborted);
        var buffer = new byte[4096];
        while (left > 0 && await from.ReadAsync(buffer, context.RequestAborted) is > 0 and var count)
        {
            count = (int)Math.Min(count, left);
            left -= count;
            await response.Body.WriteAsync(buffer.AsMemory(0, count), context.RequestAborted);
            await response.Body.FlushAsync(context.RequestAborted);
        }

        if (isCut) context.Abort();
    }

    private async Task SendAndForgetAsync(HttpRequest request, byte[] body)
    {
        try
        {
            // A stream is let go at once, a poll not waited for.
            using var limit = new CancellationTokenSource(LongestHold);
            using var answer = await SendAsync(request, body, limit.Token);
        }
        catch (Exception exception) when (exception is HttpRequestException or SocketException or OperationCanceledException)
        {
            // Nobody reads it.
        }
    }

    private async Task<HttpResponseMessage> SendAsync(HttpRequest request, byte[] body, CancellationToken cancellationToken)
    {
        while (true)
        {
            var targets = _targets;
            var target = targets[(Interlocked.Increment(ref _sent) - 1) % targets.Length];
            try
            {
                return await SendAsync(target, request, body, cancellationToken);
            }
            catch (Exception exception) when (exception is HttpRequestException or SocketException && !_targets.Contains(target))
            {
                // It was taken out while the request was on its way: another one gets it.
            }
        }
    }

    private Task<HttpResponseMessage> SendAsync(Uri target, HttpRequest request, byte[] body, CancellationToken cancellationToken)
    {
        var copy = new HttpRequestMessage(new HttpMethod(request.Method), new Uri(target, request.Path + request.QueryString.Value));
        if (body.Length > 0) copy.Content = new ByteArrayContent(body);
        foreach (var (name, values) in request.Headers)
        {
            if (name is "Host" or "Connection" or "Content-Length" or "Transfer-Encoding") continue;
            if (!copy.Headers.TryAddWithoutValidation(name, values.ToArray())) copy.Content?.Headers.TryAddWithoutValidation(name, values.ToArray());
        }

        return _http.SendAsync(copy, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
    }

    private static async Task<byte[]> ReadAsync(HttpRequest request)
    {
        using var body = new MemoryStream();
        await request.Body.CopyToAsync(body, request.HttpContext.RequestAborted);
        return body.ToArray();
    }

    private static bool IsStream(HttpResponseMessage answer) =>
        answer.Content.Headers.ContentLength is null && answer.StatusCode == System.Net.HttpStatusCode.OK;

    private static TaskCompletionSource NewSource() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
