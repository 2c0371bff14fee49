using Parley.Webhooks.Outbound;
using Parley.Webhooks.Storage;

namespace Parley.Webhooks.Catalog;

/// <summary>Has this node do what follows from changes that other nodes made.</summary>
internal sealed class OtherNodes(WebhookCatalog catalog, Dispatcher dispatcher) : IStoreListener
{
    public void ResourceChanged(ResourceKind kind, Guid id, Guid parent, string? name)
    {
        switch (kind)
        {
            case ResourceKind.Application:
                catalog.Forget(id);
                dispatcher.WakeAll(id);
                break;
            case ResourceKind.EventType when name is not null:
                catalog.ForgetType(name);
                break;
            case ResourceKind.Endpoint:
                catalog.Forget(parent);
                dispatcher.Wake(id);
                break;
        }
    }

    public void DeliveriesDue(Guid application, Guid endpoint) => dispatcher.Poke(application, endpoint);

    public void Lost()
    {
        catalog.ForgetAll();
        dispatcher.Sweep();
    }
}
