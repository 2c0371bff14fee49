using System.Collections.Concurrent;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Logging;

namespace Parley.Testing.Webhooks;

/// <summary>The servers of all receivers: each has a path and habits, and all write down what they get.</summary>
public sealed class LedgerReceiver : IAsyncDisposable
{
    private const string SecretPrefix = "whsec_";

    private readonly WebhookLedger _ledger;
    private readonly WebApplication _application;
    private readonly ConcurrentDictionary<string, Endpoint> _endpoints = new();
    private readonly ConcurrentDictionary<(string Endpoint, string Id), int> _tries = new();
    private int _connections;

    private LedgerReceiver(WebhookLedger ledger)
    {
        _ledger = ledger;
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(options => options.Listen(System.Net.IPAddress.Loopback, 0, Count));
        _application = builder.Build();
        _application.Run(ReceiveAsync);
    }

    /// <summary>Starts it.</summary>
    /// <param name="ledger">Where receipts go.</param>
    public static async Task<LedgerReceiver> StartAsync(WebhookLedger ledger)
    {
        var receiver = new LedgerReceiver(ledger);
        await receiver._application.StartAsync();
        return receiver;
    }

    /// <summary>The URL of a path.</summary>
    public string UrlOf(string path) => $"{_application.Urls.Single()}/{path}";

    /// <summary>From now on a path is an endpoint's.</summary>
    /// <param name="path">The path.</param>
    /// <param name="endpoint">The endpoint's id.</param>
    /// <param name="secret">The endpoint's secret.</param>
    /// <param name="habit">What it does with requests.</param>
    public void Serve(string path, string endpoint, string secret, ReceiverHabit habit)
    {
        ArgumentNullException.ThrowIfNull(secret);
        _endpoints["/" + path] = new Endpoint(endpoint, Convert.FromBase64String(secret[SecretPrefix.Length..]), habit);
    }

    /// <summary>Waits until nobody is connected: what a process has sent before it was killed has then been written down.</summary>
    public Task BecomesQuietAsync() => Eventually.BecomesAsync(() => Task.FromResult(Volatile.Read(ref _connections)), static count => count == 0);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync() => await _application.EndNowAsync();

    private void Count(ListenOptions options) => options.Use(next => async connection =>
    {
        Interlocked.Increment(ref _connections);
        try
        {
            await next(connection);
        }
        finally
        {
            Interlocked.Decrement(ref _connections);
        }
    });

    private async Task ReceiveAsync(HttpContext context)
    {
        using var body = new MemoryStream();
        try
        {
            await context.Request.Body.CopyToAsync(body, context.RequestAborted);
        }
        catch (Exception exception) when (exception is IOException or OperationCanceledException or Microsoft.AspNetCore.Http.BadHttpRequestException)
        {
            return; // Its sender was killed before all of it was here.
        }

        var bytes = body.ToArray();
        var endpoint = _endpoints[context.Request.Path];
        var id = context.Request.Headers["webhook-id"].ToString();
        _ = long.TryParse(context.Request.Headers["webhook-timestamp"], CultureInfo.InvariantCulture, out var seconds);
        var receipt = _ledger.Received(
            endpoint.Id, id, bytes, IsSigned(context.Request.Headers, bytes, endpoint.Key), DateTimeOffset.FromUnixTimeSeconds(seconds));
        var tried = _tries.AddOrUpdate((endpoint.Id, id), 1, static (_, count) => count + 1);
        if (await ActAsync(endpoint.Habit, tried, bytes, context) is not { } status)
            return;
        _ledger.Answering(receipt, status);
        context.Response.StatusCode = status;
    }

    /// <returns>What it answers; null: nothing.</returns>
    private static async Task<int?> ActAsync(ReceiverHabit habit, int tried, byte[] body, HttpContext context)
    {
        if (habit is ReceiverHabit.Takes)
            return StatusCodes.Status204NoContent;
        if (habit is ReceiverHabit.Picky)
            return body.AsSpan().IndexOf("poison"u8) < 0 ? StatusCodes.Status200OK : StatusCodes.Status422UnprocessableEntity;
        // The same message fares the same in each run: one in ten fails, some of these twice.
        var chance = habit is ReceiverHabit.Hangs ? 0 : SHA256.HashData(body)[0] * tried;
        if (habit is ReceiverHabit.Flaky && (chance % 10 != 0 || tried > 2))
            return StatusCodes.Status200OK;
        switch (habit is ReceiverHabit.Hangs ? 0 : chance / 10 % 4)
        {
            case 0:
                await EndedAsync(context);
                return null;
            case 1:
                context.Abort();
                return null;
            default:
                return chance / 10 % 4 == 2 ? StatusCodes.Status500InternalServerError : StatusCodes.Status429TooManyRequests;
        }
    }

    private static Task EndedAsync(HttpContext context)
    {
        var ended = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        context.RequestAborted.Register(ended.SetResult);
        return ended.Task;
    }

    // Written here once more, so that an error in the server's own signing cannot hide in the check.
    private static bool IsSigned(IHeaderDictionary headers, byte[] body, byte[] key)
    {
        var head = Encoding.UTF8.GetBytes($"{headers["webhook-id"]}.{headers["webhook-timestamp"]}.");
        var expected = "v1," + Convert.ToBase64String(HMACSHA256.HashData(key, head.Concat(body).ToArray()));
        return headers["webhook-signature"].ToString().Split(' ').Contains(expected);
    }

    private sealed record Endpoint(string Id, byte[] Key, ReceiverHabit Habit);
}
