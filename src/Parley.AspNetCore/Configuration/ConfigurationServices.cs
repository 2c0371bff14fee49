using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace Parley.AspNetCore.Configuration;

/// <summary>Adds what checks the options at start and on every reload.</summary>
internal static class ConfigurationServices
{
    public static void AddParleyOptionsChecks(this IServiceCollection services)
    {
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<ParleyOptions>, ParleyOptionsValidator>());
        services.TryAddSingleton<IOptionsFactory<ParleyOptions>, LastGoodOptionsFactory>();
    }
}
