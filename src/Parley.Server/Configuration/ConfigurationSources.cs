using Parley.AspNetCore.Configuration;

namespace Parley.Server.Configuration;

/// <summary>All sources, joined in their order: the later wins.</summary>
/// <param name="Root">The joined configuration.</param>
/// <param name="Files">Full paths of the files that were read.</param>
/// <param name="IsDevelopment">Whether <c>--dev</c> was given or the environment is called Development.</param>
internal sealed record ConfigurationSources(IConfigurationRoot Root, IReadOnlyList<string> Files, bool IsDevelopment)
{
    /// <summary>Reads all sources; what is wrong with one is added to the problems and the others are read all the same.</summary>
    public static ConfigurationSources Read(ConfigurationRequest request, ICollection<OptionsProblem> problems)
    {
        var isDevelopment = AsksForDevelopment(request);
        var builder = new ConfigurationBuilder();
        builder.AddInMemoryCollection(BuiltInValues.Logging);
        if (isDevelopment)
            builder.AddInMemoryCollection(BuiltInValues.Development);

        var weakest = builder.Sources.Count;
        var files = ConfigurationFiles.AddTo(builder, request.File, problems);
        builder.AddEnvironmentVariables("ASPNETCORE_").AddEnvironmentVariables().AddInMemoryCollection(request.Values);
        if (request.Urls is not null)
            builder.AddInMemoryCollection([new(WebHostDefaults.ServerUrlsKey, request.Urls)]);

        var root = builder.Build();
        if (isDevelopment && !HasChannels(root))
            builder.Sources.Insert(weakest, InMemory(BuiltInValues.DevelopmentChannels));

        if (!HasAddress(root))
            builder.Sources.Insert(weakest, InMemory(new() { [WebHostDefaults.ServerUrlsKey] = BuiltInValues.DefaultUrl }));

        return new(builder.Build(), files, isDevelopment);
    }

    /// <summary>Whether <c>--dev</c> was given or the environment is called Development, which no file says.</summary>
    public static bool AsksForDevelopment(ConfigurationRequest request) => request.IsDevelopment || IsDevelopmentEnvironment();

    private static bool IsDevelopmentEnvironment()
    {
        var name = Environment.GetEnvironmentVariable("DOTNET_ENVIRONMENT") ?? Environment.GetEnvironmentVariable("ASPNETCORE_ENVIRONMENT");
        return string.Equals(name, Environments.Development, StringComparison.OrdinalIgnoreCase);
    }

    private static bool HasChannels(IConfiguration configuration)
        => configuration.GetSection("Parley:Channels:Default").GetChildren().Any()
            || configuration.GetSection("Parley:Channels:Namespaces").GetChildren().Any();

    private static bool HasAddress(IConfiguration configuration)
        => new[] { WebHostDefaults.ServerUrlsKey, WebHostDefaults.HttpPortsKey, WebHostDefaults.HttpsPortsKey }
                .Any(key => !string.IsNullOrWhiteSpace(configuration[key]))
            || configuration.GetSection("Kestrel:Endpoints").GetChildren().Any();

    private static Microsoft.Extensions.Configuration.Memory.MemoryConfigurationSource InMemory(Dictionary<string, string?> values)
        => new() { InitialData = values };
}
