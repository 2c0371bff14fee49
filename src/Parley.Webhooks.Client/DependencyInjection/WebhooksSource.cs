using Microsoft.Extensions.DependencyInjection;

namespace Parley.Webhooks.DependencyInjection;

/// <summary>Remembers by which call an application has its <see cref="IWebhooks"/>: the first would win, and the other's messages go elsewhere.</summary>
internal sealed class WebhooksSource
{
    private static readonly WebhooksSource InProcess = new();
    private static readonly WebhooksSource Server = new();

    private WebhooksSource()
    {
    }

    /// <exception cref="InvalidOperationException"><c>AddWebhookClient</c> was called before.</exception>
    public static void ClaimInProcess(IServiceCollection services) => Claim(services, InProcess);

    /// <exception cref="InvalidOperationException"><c>AddWebhooks</c> was called before.</exception>
    public static void ClaimServer(IServiceCollection services) => Claim(services, Server);

    private static void Claim(IServiceCollection services, WebhooksSource source)
    {
        var claimed = services.FirstOrDefault(static service => service.ServiceType == typeof(WebhooksSource));
        if (claimed is null)
        {
            services.AddSingleton(source);
        }
        else if (claimed.ImplementationInstance != source)
        {
            throw new InvalidOperationException(
                "AddWebhooks and AddWebhookClient were both called, and an application has one IWebhooks: keep AddWebhooks where this process itself delivers, "
                + "AddWebhookClient where a Parley server does.");
        }
    }
}
