using Microsoft.Extensions.DependencyInjection;

namespace Parley.Webhooks;

/// <summary>Chooses the store of the webhooks: <c>UseSqlite</c> and so on are extension methods of it.</summary>
public interface IWebhooksBuilder
{
    /// <summary>The application's services.</summary>
    IServiceCollection Services { get; }
}
