using System.Collections.Concurrent;
using System.Net;
using Parley.Testing;

namespace Parley.EndToEnd.Tests.Webhooks;

/// <summary>A partner's server: keeps all that comes, and answers 204, or as it is told.</summary>
internal sealed class WebhookReceiver : IDisposable
{
    private readonly HttpListener _listener = new();
    private readonly ConcurrentQueue<WebhookRequest> _requests = new();

    public WebhookReceiver()
    {
        // The listener cannot choose a free port itself.
        for (var port = Random.Shared.Next(20_000, 30_000); ; port++)
        {
            try
            {
                _listener.Prefixes.Clear();
                _listener.Prefixes.Add($"http://127.0.0.1:{port}/");
                _listener.Start();
                Url = $"http://127.0.0.1:{port}/hooks";
                break;
            }
            catch (HttpListenerException)
            {
                // Taken.
            }
        }

        _ = ReceiveAsync();
    }

    public string Url { get; }

    public IReadOnlyCollection<WebhookRequest> Requests => _requests;

    public async Task<WebhookRequest> WaitForAsync(Func<WebhookRequest, bool> isMeant) =>
        (await Eventually.BecomesAsync(() => Task.FromResult(_requests.FirstOrDefault(isMeant)), static request => request is not null))!;

    public void Dispose() => _listener.Close();

    private async Task ReceiveAsync()
    {
        while (true)
        {
            HttpListenerContext context;
            try
            {
                context = await _listener.GetContextAsync();
            }
            catch (Exception exception) when (exception is HttpListenerException or ObjectDisposedException)
            {
                return;
            }

            _ = AnswerAsync(context);
        }
    }

    private async Task AnswerAsync(HttpListenerContext context)
    {
        try
        {
            using var body = new MemoryStream();
            await context.Request.InputStream.CopyToAsync(body);
            _requests.Enqueue(new WebhookRequest(
                context.Request.Headers.AllKeys.ToDictionary(static name => name!.ToLowerInvariant(), name => context.Request.Headers[name]!), body.ToArray()));
            context.Response.StatusCode = 204;
            context.Response.Close();
        }
        catch (Exception exception) when (exception is HttpListenerException or ObjectDisposedException or IOException)
        {
            // The sender was killed.
        }
    }
}

/// <summary>What came.</summary>
internal sealed record WebhookRequest(IReadOnlyDictionary<string, string> Headers, byte[] Body)
{
    public string Id => Headers["webhook-id"];
}
