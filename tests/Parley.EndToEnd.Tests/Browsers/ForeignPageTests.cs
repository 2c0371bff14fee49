using Parley.EndToEnd.Tests.Servers;
using Parley.Testing;
using Parley.Testing.Browsers;

namespace Parley.EndToEnd.Tests.Browsers;

/// <summary>A page of another origin in a real browser, and a server that everybody else may do everything with.</summary>
[Collection(BrowserCollection.Name)]
public sealed class ForeignPageTests(ChromiumBrowser browser, LifecycleServer server) : IClassFixture<LifecycleServer>, IAsyncLifetime
{
    private const string Attempts = """
        async ([server, channel]) => {
          const commands = [{ id: 1, connect: {} }, { id: 2, publish: { channel, data: 'forged' } }].map(one => JSON.stringify(one)).join('\n');
          const outcome = {};
          const attempt = async (name, work) => { outcome[name] = await work().then(() => 'worked', () => 'failed'); };
          const post = (path, type, mode) => fetch(server + path, { method: 'POST', mode, credentials: 'include', headers: { 'Content-Type': type }, body: commands })
            .then(answer => { if (mode !== 'no-cors' && !answer.ok) throw answer; });
          const event = source => new Promise((resolve, reject) => { source.onopen = source.onmessage = resolve; source.onerror = reject; })
            .finally(() => source.close());

          await attempt('websocket', () => new Promise((resolve, reject) => {
            const socket = new WebSocket(server.replace('http', 'ws') + '/connection/websocket');
            socket.onopen = resolve;
            socket.onerror = reject;
          }));
          for (const path of ['/connection/http_stream', '/connection/sse', '/connection/long_poll', '/emulation']) {
            for (const type of ['text/plain', 'application/json']) await attempt(`${path} ${type}`, () => post(path, type, 'cors'));
            await post(path, 'text/plain', 'no-cors'); // sent, but its answer cannot be read
          }
          for (const path of ['/connection/sse', '/connection/uni_sse'])
            await attempt(`EventSource ${path}`, () => event(new EventSource(server + path + '?cf_connect=' + encodeURIComponent(commands), { withCredentials: true })));
          await attempt('EventSource /connection/events', () => event(new EventSource(server + '/connection/events?channel=' + channel)));
          for (const path of ['/connection/http_stream', '/connection/long_poll', '/emulation']) {
            const frame = Object.assign(document.createElement('iframe'), { name: path });
            const form = Object.assign(document.createElement('form'), { method: 'post', enctype: 'text/plain', action: server + path, target: path });
            form.append(Object.assign(document.createElement('input'), { name: commands, value: '' }));
            document.body.append(frame, form);
            const loaded = new Promise(done => { frame.onload = done; });
            form.submit();
            await loaded;
          }
          return Object.entries(outcome).filter(([, what]) => what === 'worked').map(([name]) => name);
        }
        """;

    private readonly TcpRelay _relay = new(server.Endpoint);

    [Fact]
    public async Task Nothing_that_it_tries_connects_or_runs()
    {
        var channel = LifecycleServer.NewChannel();
        // The same server by another port, which is another origin.
        await using var window = await browser.OpenWindowAsync(_relay.Address);
        await window.Page.GotoAsync("/health/live");

        var before = await CountClientsAsync(); // of the other test

        var worked = await window.Page.EvaluateAsync<string[]>(Attempts, new[] { $"http://{server.Endpoint}", channel });

        Assert.Empty(worked);
        var history = await server.Api.CallAsync("history", new { channel, limit = -1 });
        Assert.Empty(history.GetProperty("publications").EnumerateArray());
        Assert.InRange(await CountClientsAsync(), 0, before);
    }

    [Fact]
    public async Task Such_attempts_work_for_a_page_of_the_server_itself()
    {
        var channel = LifecycleServer.NewChannel();
        await using var window = await browser.OpenWindowAsync(_relay.Address);
        await window.Page.GotoAsync("/health/live");

        var worked = await window.Page.EvaluateAsync<string[]>("""
            async channel => {
              const socket = await new Promise((resolve, reject) => {
                const socket = new WebSocket(location.origin.replace('http', 'ws') + '/connection/websocket');
                socket.onopen = () => resolve('websocket');
                socket.onerror = reject;
              });
              const commands = [{ id: 1, connect: {} }, { id: 2, publish: { channel, data: 'own' } }].map(one => JSON.stringify(one)).join('\n');
              const answer = await fetch('/connection/long_poll', { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: commands });
              return [socket, String(answer.status)];
            }
            """, channel);

        Assert.Equal(["websocket", "200"], worked);
        var history = await server.Api.CallAsync("history", new { channel, limit = -1 });
        Assert.Single(history.GetProperty("publications").EnumerateArray());
    }

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public ValueTask DisposeAsync() => _relay.DisposeAsync();

    private async Task<int> CountClientsAsync() => (await server.Api.InfoAsync()).GetProperty("num_clients").GetInt32();
}
