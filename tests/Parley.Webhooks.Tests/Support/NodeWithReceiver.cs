using Microsoft.Extensions.DependencyInjection;

namespace Parley.Webhooks.Tests.Support;

/// <summary>Tests of a node that sends to a customer's server.</summary>
public abstract class NodeWithReceiver : IAsyncLifetime
{
    /// <summary>Also after a restart.</summary>
    private protected WebhookNode Node { get; set; } = null!;

    private protected Receiver Receiver { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        Node = await WebhookNode.StartAsync(addServices: AddServices);
        Receiver = await Receiver.StartAsync();
    }

    public async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        await Node.DisposeAsync();
        await Receiver.DisposeAsync();
    }

    /// <summary>Adds services before <c>AddWebhooks</c>, which then adds none in their place.</summary>
    private protected virtual void AddServices(IServiceCollection services)
    {
    }
}
