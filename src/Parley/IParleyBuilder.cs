using Microsoft.Extensions.DependencyInjection;

namespace Parley;

/// <summary>Adds parts to Parley: brokers, webhooks and so on are extension methods of it.</summary>
public interface IParleyBuilder
{
    /// <summary>The application's services.</summary>
    IServiceCollection Services { get; }
}
