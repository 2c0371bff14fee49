using System.Text;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;
using Parley.Testing;
using Parley.Webhooks.Applications;
using Parley.Webhooks.Catalog;
using Parley.Webhooks.Deliveries;
using Parley.Webhooks.Endpoints;
using Parley.Webhooks.Ids;
using Parley.Webhooks.Secrets;
using Parley.Webhooks.Storage;
using Parley.Webhooks.Verification;

namespace Parley.Webhooks.Tests.Support;

/// <summary>Webhooks as <c>AddWebhooks</c> wires them, with SQLite, real connections and a clock of the test's own.</summary>
internal sealed class WebhookNode : IAsyncDisposable
{
    private readonly DirectoryInfo _folder;
    private readonly IHost _host;

    private WebhookNode(IHost host, FakeTimeProvider time, DirectoryInfo folder) => (_host, Time, _folder) = (host, time, folder);

    public FakeTimeProvider Time { get; }

    public IServiceProvider Services => _host.Services;

    public IWebhooks Webhooks => Services.GetRequiredService<IWebhooks>();

    public IWebhookStore Store => Services.GetRequiredService<IWebhookStore>();

    public Guid Application { get; private set; }

    public static async Task<WebhookNode> StartAsync(
        Action<WebhookOptions>? configure = null, Action<IServiceCollection>? addServices = null, Func<IWebhookStore, IWebhookStore>? wrapStore = null)
    {
        var folder = Directory.CreateTempSubdirectory("parley-webhooks-");
        var node = await StartAsync(folder, new FakeTimeProvider(DateTimeOffset.UtcNow), configure, addServices, wrapStore);
        node.Application = Guid.CreateVersion7();
        await node.Store.AddAsync(new Application { Id = node.Application, Uid = "acme" }.ToResource());
        return node;
    }

    /// <summary>Ends without a word, and starts again with the same files.</summary>
    public async Task<WebhookNode> RestartAsync()
    {
        await EndAsync();
        var node = await StartAsync(_folder, Time, null, null, null);
        node.Application = Application;
        return node;
    }

    public async Task<Endpoint> AddEndpointAsync(Receiver receiver, Func<Endpoint, Endpoint>? change = null, string? secret = null)
    {
        var protector = Services.GetRequiredService<ISecretProtector>();
        var endpoint = new Endpoint
        {
            Id = Services.GetRequiredService<IdGenerator>().Next(),
            Application = Application,
            Url = receiver.Url,
            Secrets = [new EndpointSecret(protector.Protect(secret ?? WebhookKey.CreateSecret().Export()), Time.GetUtcNow())],
        };
        endpoint = change?.Invoke(endpoint) ?? endpoint;
        Assert.Equal(ResourceWrite.Done, await Store.AddAsync(endpoint.ToResource()));
        Services.GetRequiredService<WebhookCatalog>().Forget(Application);
        return endpoint;
    }

    public ValueTask<WebhookReceipt> SendAsync(string payload = "{}", string eventType = "order.created", Func<WebhookMessage, WebhookMessage>? change = null)
    {
        var message = new WebhookMessage(eventType, Encoding.UTF8.GetBytes(payload));
        return Webhooks.SendAsync("acme", change?.Invoke(message) ?? message);
    }

    public Task<Delivery> DeliveryAsync(string message, Endpoint endpoint, DeliveryState state) => Eventually.BecomesAsync(
        async () => (await Store.ReadDeliveryAsync(Key(message, endpoint)))!, delivery => delivery.State == state);

    public ValueTask<IReadOnlyList<Attempt>> AttemptsAsync(string message, Endpoint endpoint) =>
        Store.ListAttemptsAsync(Key(message, endpoint), int.MaxValue, 100);

    public static DeliveryKey Key(string message, Endpoint endpoint) =>
        WebhookId.TryParse(WebhookId.Message, message, out var id) ? new DeliveryKey(id, endpoint.Id) : throw new FormatException(message);

    /// <summary>Lets time pass until something has happened.</summary>
    public async Task PassUntilAsync(TimeSpan step, Func<bool> hasHappened)
    {
        using var pace = new PeriodicTimer(TimeSpan.FromMilliseconds(5));
        var deadline = DateTime.UtcNow + Patience.Limit;
        while (!hasHappened() && DateTime.UtcNow < deadline)
        {
            Time.Advance(step);
            await pace.WaitForNextTickAsync();
        }

        Assert.True(hasHappened());
    }

    /// <summary>Ends as a process does that is asked to, and starts again with the same files.</summary>
    public async Task<WebhookNode> StopAndStartAsync()
    {
        await _host.StopAsync();
        return await RestartAsync();
    }

    public async Task EndAsync()
    {
        using var now = new CancellationTokenSource();
        await now.CancelAsync();
        try
        {
            await _host.StopAsync(now.Token);
        }
        catch (OperationCanceledException)
        {
            // Without waiting for what is under way.
        }

        if (_host is IAsyncDisposable disposable)
            await disposable.DisposeAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await EndAsync();
        _folder.Delete(recursive: true);
    }

    private static async Task<WebhookNode> StartAsync(
        DirectoryInfo folder, FakeTimeProvider time, Action<WebhookOptions>? configure, Action<IServiceCollection>? addServices,
        Func<IWebhookStore, IWebhookStore>? wrapStore)
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Logging.ClearProviders();
        builder.Services.AddSingleton<TimeProvider>(time);
        addServices?.Invoke(builder.Services);
        builder.Services.AddWebhooks(options =>
        {
            options.AllowPrivateNetworks = ["127.0.0.0/8"];
            configure?.Invoke(options);
        }).UseSqlite(Path.Combine(folder.FullName, "webhooks.db"));
        if (wrapStore is not null)
        {
            var store = builder.Services.Single(static service => service.ServiceType == typeof(IWebhookStore));
            builder.Services.Remove(store);
            builder.Services.AddSingleton(provider => wrapStore((IWebhookStore)store.ImplementationFactory!(provider)));
        }

        builder.Services.AddDataProtection().PersistKeysToFileSystem(folder.CreateSubdirectory("keys"));
        var host = builder.Build();
        await host.StartAsync();
        return new WebhookNode(host, time, folder);
    }
}
