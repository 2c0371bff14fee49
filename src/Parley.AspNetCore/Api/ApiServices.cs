using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Parley.AspNetCore.Api;

/// <summary>The services that <c>MapParleyApi</c> needs beside <see cref="IParley"/> and the options.</summary>
internal static class ApiServices
{
    public static void AddParleyApi(this IServiceCollection services)
    {
        services.TryAddSingleton<ApiAccess>();
        services.TryAddSingleton<ApiExecutor>();
        services.TryAddSingleton<ApiEndpoint>();
        services.TryAddSingleton<PlainPublishEndpoint>();
    }
}
