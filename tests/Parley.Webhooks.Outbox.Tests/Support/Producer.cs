using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;
using Parley.Webhooks.Outbox.Enqueuing;
using Parley.Webhooks.Outbox.Relaying;
using Parley.Webhooks.Outbox.Tests.Databases;

namespace Parley.Webhooks.Outbox.Tests.Support;

/// <summary>A process of the application, with its relay.</summary>
internal sealed class Producer : IAsyncDisposable
{
    private readonly IHost _host;

    public Producer(OutboxDatabase database, ParleyNode parley, FakeTimeProvider time, Action<WebhookOutboxOptions>? configure = null)
    {
        Gate = new Gate(parley.Webhooks);
        Time = time;
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Logging.ClearProviders();
        builder.Services.AddSingleton<TimeProvider>(time);
        builder.Services.AddSingleton<IWebhooks>(Gate);
        database.Use(builder.Services.AddWebhookOutbox(configure));
        _host = builder.Build();
    }

    public Gate Gate { get; }

    public FakeTimeProvider Time { get; }

    public IServiceProvider Services => _host.Services;

    /// <summary>Checks a message as enqueueing does, and writes nothing.</summary>
    public void Admit(string application, WebhookMessage message) => Services.GetRequiredService<OutboxIntake>().Admit(application, message);

    /// <summary>Relays what there is, once.</summary>
    public Task<RelayRest> RelayAsync() => Services.GetRequiredService<OutboxRelay>().RelayAsync(CancellationToken.None);

    /// <summary>Relays from now on.</summary>
    public Task StartAsync() => _host.StartAsync();

    public async ValueTask DisposeAsync()
    {
        await _host.StopAsync();
        await ((IAsyncDisposable)_host).DisposeAsync();
    }
}
