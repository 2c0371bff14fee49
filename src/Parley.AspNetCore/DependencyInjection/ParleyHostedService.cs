using Microsoft.Extensions.Hosting;
using Parley.AspNetCore.Transports;
using Parley.Nodes;

namespace Parley.AspNetCore;

/// <summary>Ties the node to its host: starts before the web server listens, and closes the sessions before the web server stops.</summary>
internal sealed class ParleyHostedService(NodeLifetime lifetime, HandshakeLimiter limiter) : IHostedLifecycleService
{
    public Task StartingAsync(CancellationToken cancellationToken) => lifetime.StartAsync(cancellationToken);

    public Task StoppingAsync(CancellationToken cancellationToken)
    {
        limiter.Close();
        return lifetime.DrainAsync(cancellationToken);
    }

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
