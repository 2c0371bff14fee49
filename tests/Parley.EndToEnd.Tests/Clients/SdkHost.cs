using System.Collections.Concurrent;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Parley.EndToEnd.Tests.Clients;
using Parley.EndToEnd.Tests.Clients.DotNet;
using Parley.Testing;

[assembly: AssemblyFixture(typeof(SdkHost))]

namespace Parley.EndToEnd.Tests.Clients;

/// <summary>The official SDK in a Node.js process that all tests share; clients do not know of each other.</summary>
public sealed class SdkHost : ISdkDriver, IAsyncLifetime
{
    private static readonly string Folder = Repository.PathOf("tests", "Parley.EndToEnd.Tests", "sdk");

    private readonly ConcurrentDictionary<long, TaskCompletionSource<JsonElement>> _answers = new();
    private readonly ConcurrentDictionary<string, SdkClient> _clients = new();
    private readonly SemaphoreSlim _writing = new(1, 1);
    private NodeScript? _script;
    private Task _reading = Task.CompletedTask;
    private long _lastId;

    /// <summary>What the SDK trusts besides the well-known authorities.</summary>
    public TestCertificate Certificate { get; } = new();

    public ValueTask InitializeAsync()
    {
        _script = NodeScript.Start(
            ScriptPath("driver.mjs"), environment: new Dictionary<string, string?> { ["NODE_EXTRA_CA_CERTS"] = Certificate.CertificatePath });
        _reading = ReadAsync(_script);
        return ValueTask.CompletedTask;
    }

    public async ValueTask DisposeAsync()
    {
        if (_script is not null)
            await _script.DisposeAsync();
        await _reading;
        _writing.Dispose();
        Certificate.Dispose();
    }

    /// <summary>A script beside the SDK.</summary>
    internal static string ScriptPath(string name) => Path.Combine(Folder, name);

    /// <summary>Makes a client, which does not connect yet.</summary>
    /// <param name="way">How it reaches the server.</param>
    /// <param name="address">Of the server, or of what stands in front of it.</param>
    /// <param name="options">Null: all defaults.</param>
    internal async Task<SdkClient> OpenAsync(SdkWay way, Uri address, SdkClientOptions? options = null)
    {
        options ??= new SdkClientOptions();
        var name = string.Create(CultureInfo.InvariantCulture, $"client {Interlocked.Increment(ref _lastId)}");
        if (way.IsDotNet())
            return DotNetDriver.Open(name, way, address, options, Certificate);
        var client = new SdkClient(this, name) { Token = options.GetToken };
        _clients[name] = client;
        await OrderAsync("open", new JsonObject
        {
            ["client"] = name,
            ["address"] = address.ToString(),
            ["transports"] = new JsonArray([.. (options.Transports ?? [way.Transport()]).Select(static name => (JsonNode)name)]),
            ["format"] = way.Format(),
            ["asksForToken"] = options.GetToken is not null,
            ["token"] = options.Token,
            // Much shorter than the default, so that tests need not wait for a client to come back.
            ["minReconnectDelay"] = 20,
            ["maxReconnectDelay"] = 200,
            ["timeout"] = (int)options.Timeout.TotalMilliseconds,
            ["maxServerPingDelay"] = (int)options.MaxServerPingDelay.TotalMilliseconds,
        });
        return client;
    }

    async Task<JsonElement> ISdkDriver.OrderAsync(string order, JsonObject parameters) => await OrderAsync(order, parameters);

    private async Task<JsonElement> OrderAsync(string order, JsonObject parameters)
    {
        var id = Interlocked.Increment(ref _lastId);
        var answer = new TaskCompletionSource<JsonElement>(TaskCreationOptions.RunContinuationsAsynchronously);
        _answers[id] = answer;
        parameters["id"] = id;
        parameters["order"] = order;
        await SendAsync(parameters);
        return await answer.Task.WaitAsync(Patience.Limit);
    }

    private async Task SendAsync(JsonObject message)
    {
        await _writing.WaitAsync();
        try
        {
            await _script!.SendAsync(message);
        }
        finally
        {
            _writing.Release();
        }
    }

    private async Task ReadAsync(NodeScript script)
    {
        try
        {
            while (await script.ReadForeverAsync() is { } message)
                await TakeAsync(message);
            throw new InvalidOperationException(script.Process.Describe("ended"));
        }
        catch (Exception exception)
        {
            foreach (var answer in _answers.Values)
                answer.TrySetException(exception);
            foreach (var client in _clients.Values)
                client.Fail(exception);
        }
    }

    private async Task TakeAsync(JsonElement message)
    {
        if (message.TryGetProperty("id", out var id))
        {
            TakeAnswer(id.GetInt64(), message);
            return;
        }

        var client = _clients[message.GetProperty("client").GetString()!];
        var channel = message.TryGetProperty("channel", out var name) ? name.GetString() : null;
        if (message.TryGetProperty("question", out var question))
        {
            var token = client.AnswerTokenQuestion(channel);
            await SendAsync(new JsonObject { ["question"] = question.GetInt64(), ["token"] = token });
        }
        else
        {
            client.EventsOf(channel).Add(message.GetProperty("event").GetString()!, message.GetProperty("context"));
        }
    }

    private void TakeAnswer(long id, JsonElement message)
    {
        if (!_answers.TryRemove(id, out var answer))
            return;
        if (message.TryGetProperty("error", out var error))
        {
            answer.SetException(new SdkException(
                error.GetProperty("code").GetInt32(), error.GetProperty("message").GetString()!, error.GetProperty("temporary").GetBoolean()));
        }
        else
        {
            answer.SetResult(message.GetProperty("result"));
        }
    }
}
