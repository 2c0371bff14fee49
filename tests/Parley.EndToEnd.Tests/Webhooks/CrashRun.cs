using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using Parley.Testing;
using Parley.Testing.Webhooks;

namespace Parley.EndToEnd.Tests.Webhooks;

/// <summary>Sends messages to receivers of all kinds while the server's processes are killed again and again, and writes all of it into a ledger.</summary>
/// <param name="nodes">Running, and sharing their work; each may be killed.</param>
/// <param name="seed">Chooses what is sent and when which process is killed.</param>
/// <param name="count">Messages.</param>
internal sealed class CrashRun(IReadOnlyList<ParleyServerProcess> nodes, int seed, int count) : IAsyncDisposable
{
    private const int Senders = 16;
    private const int KillsWhileSending = 6;
    private const int MostKills = 60;
    private const int Dead = 20;

    /// <summary>
    /// An endpoint that has only failed for a while is left alone for half a minute: a process that is new does not know of it. But what a killed
    /// node had, the others leave to it for some ten seconds.
    /// </summary>
    private readonly TimeSpan _standstill = TimeSpan.FromSeconds(nodes.Count == 1 ? 4 : 25);

    private readonly WebhookLedger _ledger = new();
    private readonly Random _random = new(seed);
    private readonly Dictionary<string, string> _endpoints = [];
    private readonly HttpClient _client = new();
    private readonly TaskCompletionSource[] _running = [.. nodes.Select(static _ => Done())];
    private LedgerReceiver _receiver = null!;
    private string _application = "";
    private int _next;

    public int Kills { get; private set; }

    /// <summary>What became of all of it.</summary>
    public async Task<LedgerHistory> RunAsync()
    {
        _receiver = await LedgerReceiver.StartAsync(_ledger);
        using (var api = ApiOf(0))
            await PrepareAsync(api);

        var sending = Task.WhenAll(Enumerable.Range(0, Senders).Select(sender => SendAsync(new Random(seed + sender))));
        var goal = 0;
        // The more messages, the longer it runs undisturbed.
        while (Kills < KillsWhileSending && !sending.IsFaulted)
        {
            goal += _random.Next(count / 40, count / 4);
            await ComesToAsync(() => _ledger.Events >= goal || sending.IsCompleted);
            await KillAsync(_random.Next(nodes.Count));
        }

        await sending;
        while (!await FinishesAsync())
        {
            Assert.True(Kills < MostKills, $"After {Kills} kills something was still left to be done.");
            await KillAsync(_random.Next(nodes.Count));
        }

        using var last = ApiOf(0);
        var queries = new LedgerQueries(last, _application);
        return _ledger.With(await queries.MessagesAsync(), await queries.DeliveriesAsync(_endpoints.Values));
    }

    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        if (_receiver is not null)
            await _receiver.DisposeAsync();
    }

    private async Task PrepareAsync(WebhookApi api)
    {
        _application = (await api.CallAsync("POST", "applications", new { uid = "acme" })).GetProperty("id").GetString()!;
        int[] patient = [1, 1, 1, 1, 1, 1, 1];
        await AddAsync(api, "healthy", ReceiverHabit.Takes, patient);
        await AddAsync(api, "flaky", ReceiverHabit.Flaky, patient);
        await AddAsync(api, "ordered", ReceiverHabit.Flaky, patient, ordered: true);
        await AddAsync(api, "picky", ReceiverHabit.Picky, [1]);
        await AddAsync(api, "dead", null, [1]);
        await AddAsync(api, "retired", ReceiverHabit.Hangs, patient);

        // One that is under way to all its receivers is disabled before the rest begins.
        for (var index = 0; index < Dead; index++)
        {
            await SendAsync($"retired-{index}", "retired", ["retired"], _random);
        }

        await api.CallAsync("PATCH", $"applications/{_application}/endpoints/{_endpoints["retired"]}", new { disabled = true });
        _ledger.Ended(_endpoints["retired"]);
    }

    private async Task AddAsync(WebhookApi api, string name, ReceiverHabit? habit, int[] retrySchedule, bool ordered = false)
    {
        var endpoint = await api.CallAsync("POST", $"applications/{_application}/endpoints", new
        {
            // Nobody listens on the first port.
            url = habit is null ? "http://127.0.0.1:1/" : _receiver.UrlOf(name),
            eventTypes = new[] { $"{name}.*", name },
            timeout = 2,
            ordered,
            retrySchedule,
        });
        var id = endpoint.GetProperty("id").GetString()!;
        _endpoints.Add(name, id);
        if (habit is { } known)
        {
            var secret = await api.CallAsync("GET", $"applications/{_application}/endpoints/{id}/secret");
            _receiver.Serve(name, id, secret.GetProperty("secrets")[0].GetProperty("secret").GetString()!, known);
        }

        _ledger.Add(new LedgerEndpoint(id, retrySchedule) { IsOrdered = ordered, Timeout = TimeSpan.FromSeconds(2) });
    }

    private async Task SendAsync(Random random)
    {
        while (Interlocked.Increment(ref _next) is var number && number <= count)
        {
            var endpoint = (number % 100) switch
            {
                < 70 => "healthy",
                < 88 => "flaky",
                < 93 => "ordered",
                < 98 => "picky",
                _ when number % 100 == 98 && number / 100 < Dead => "dead",
                _ => "nobody",
            };
            await SendAsync($"message-{number}", endpoint, endpoint == "nobody" ? [] : [endpoint], random);
        }
    }

    private async Task SendAsync(string name, string eventType, string[] endpoints, Random random)
    {
        var payload = $$"""{"name":"{{name}}","text":"{{(random.Next(10) == 0 ? "poison" : "good")}} ☂","size":"{{new string('x', random.Next(400))}}"}""";
        _ledger.Called(name, Encoding.UTF8.GetBytes(payload), [.. endpoints.Select(endpoint => _endpoints[endpoint])]);
        while (true)
        {
            var node = random.Next(nodes.Count);
            await _running[node].Task;
            try
            {
                using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(nodes[node].Address, $"/api/webhooks/applications/{_application}/messages"));
                request.Headers.Add("X-API-Key", nodes[node].ApiKey);
                request.Content = new StringContent(
                    $$"""{"uid":"{{name}}","eventType":"{{eventType}}","payload":{{payload}}}""", Encoding.UTF8, "application/json");
                using var response = await _client.SendAsync(request);
                var text = await response.Content.ReadAsStringAsync();
                if (response.StatusCode is HttpStatusCode.Accepted)
                {
                    _ledger.Accepted(name, JsonElement.Parse(text).GetProperty("id").GetString()!);
                    return;
                }

                // It is being shut down, or its database is: to be sent again.
                Assert.True(response.StatusCode is HttpStatusCode.ServiceUnavailable, $"{(int)response.StatusCode} {text}");
            }
            catch (Exception exception) when (exception is HttpRequestException or SocketException)
            {
                // It was killed. Some senders know no patience, and never learn what became of it.
                if (random.Next(5) == 0)
                    return;
            }
        }
    }

    private async Task KillAsync(int node)
    {
        _running[node] = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await nodes[node].KillAsync();
        if (nodes.Count == 1)
            await _receiver.BecomesQuietAsync();
        _ledger.Crashed();
        Kills++;
        await nodes[node].StartAsync();
        _running[node].SetResult();
    }

    /// <returns>False when nothing moves any more though something is left.</returns>
    private async Task<bool> FinishesAsync()
    {
        using var api = ApiOf(0);
        var queries = new LedgerQueries(api, _application);
        var events = -1;
        while (_ledger.Events != events)
        {
            events = _ledger.Events;
            if (await queries.IsFinishedAsync(_endpoints.Values))
                return true;
            var deadline = DateTime.UtcNow + _standstill;
            await ComesToAsync(() => _ledger.Events != events || DateTime.UtcNow > deadline);
        }

        return await queries.IsFinishedAsync(_endpoints.Values);
    }

    private WebhookApi ApiOf(int node) => new(nodes[node].Address, nodes[node].ApiKey);

    private static TaskCompletionSource Done()
    {
        var done = new TaskCompletionSource();
        done.SetResult();
        return done;
    }

    private static async Task ComesToAsync(Func<bool> isThere)
    {
        using var pace = new PeriodicTimer(TimeSpan.FromMilliseconds(5));
        while (!isThere())
            await pace.WaitForNextTickAsync();
    }
}
