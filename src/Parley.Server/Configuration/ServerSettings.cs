using System.Diagnostics.CodeAnalysis;
using Parley.AspNetCore;
using Parley.AspNetCore.Api;
using Parley.AspNetCore.Authentication;
using Parley.AspNetCore.Configuration;
using Parley.Channels;
using Parley.Server.Hosting;
using Parley.Sessions;
using Parley.Webhooks;
using Parley.Webhooks.PostgreSql;

namespace Parley.Server.Configuration;

/// <summary>The effective configuration of a process.</summary>
internal sealed class ServerSettings
{
    private const string NamespacesKey = "Parley:Channels:Namespaces";

    private ServerSettings(ConfigurationRequest request, ConfigurationSources sources) => (Request, Sources) = (request, sources);

    public ConfigurationRequest Request { get; }

    public ConfigurationSources Sources { get; }

    public ServerOptions Server { get; } = new();

    public ParleyOptions Parley { get; } = new();

    /// <summary>Where the server is to listen, as configured.</summary>
    public IReadOnlyList<ListenAddress> Addresses { get; private set; } = [];

    /// <summary>Whether the log is written for a program to read, so that nothing else may stand between its lines.</summary>
    public bool HasMachineReadableLog
        => Sources.Root["Logging:Console:FormatterName"] is { Length: > 0 } formatter
            && !formatter.Equals("simple", StringComparison.OrdinalIgnoreCase);

    /// <summary>All that is wrong; the options hold their defaults where a value could not be used.</summary>
    public IReadOnlyList<OptionsProblem> Problems { get; private set; } = [];

    /// <summary>Whether no way to verify tokens is configured, so that the generated secret is used.</summary>
    public bool UsesGeneratedTokenSecret { get; private set; }

    /// <summary>Whether no API key is configured, so that the generated one is used.</summary>
    public bool UsesGeneratedApiKey { get; private set; }

    /// <summary>Reads and checks everything; never throws for what a user may get wrong, and changes nothing on disk.</summary>
    public static ServerSettings Load(ConfigurationRequest request)
    {
        List<OptionsProblem> problems = [];
        var settings = new ServerSettings(request, ConfigurationSources.Read(request, problems));
        settings.Bind(problems);
        settings.Check(problems);
        settings.Problems = problems;
        return settings;
    }

    /// <summary>Puts generated keys where the configuration gives none, and makes them when there are none yet.</summary>
    /// <param name="keyFile">Where the keys are; null when the configuration gives its own.</param>
    /// <returns>False when there are <see cref="Problems"/>; then nothing was written.</returns>
    public bool TryUseGeneratedKeys(out KeyFile? keyFile)
    {
        keyFile = null;
        if (Problems.Count > 0)
            return false;
        if (!UsesGeneratedTokenSecret && !UsesGeneratedApiKey)
            return true;

        keyFile = new KeyFile(Server.DataDirectory);
        try
        {
            Use(keyFile.ReadOrCreate());
            return true;
        }
        catch (KeyFileException exception)
        {
            Problems = [new(keyFile.Path, null, exception.Message)];
            return false;
        }
    }

    /// <summary>Hands the library its options.</summary>
    public void CopyTo(ParleyOptions options)
    {
        options.Clients = Parley.Clients;
        options.Channels = Parley.Channels;
        options.Tokens = Parley.Tokens;
        options.SubscriptionTokens = Parley.SubscriptionTokens;
        options.Api = Parley.Api;
    }

    /// <summary>Hands the webhooks their options. Who may call the one API may call the other.</summary>
    public void CopyTo(WebhookOptions options)
    {
        var webhooks = Server.Webhooks;
        options.OperatorKeys = [.. webhooks.OperatorKeys, .. Parley.Api.Keys];
        options.MaxPayloadBytes = webhooks.MaxPayloadBytes;
        options.MaxEndpoints = webhooks.MaxEndpoints;
        options.MaxConcurrency = webhooks.MaxConcurrency;
        options.HttpsOnly = webhooks.HttpsOnly;
        options.AllowPrivateNetworks = webhooks.AllowPrivateNetworks;
        options.AllowedPorts = webhooks.AllowedPorts;
        options.RequestOrigin = webhooks.RequestOrigin;
        options.Retention = webhooks.Retention;
        options.AttemptRetention = webhooks.AttemptRetention;
        options.DisableAfter = webhooks.DisableAfter;
        options.OperationalApplication = webhooks.OperationalApplication;
    }

    /// <summary>Hands the store its options.</summary>
    public void CopyTo(PostgreSqlWebhookOptions options)
    {
        var postgreSql = Server.Webhooks.PostgreSql;
        options.ConnectionString = postgreSql.ConnectionString;
        options.Schema = postgreSql.Schema;
        options.EncryptionKey = postgreSql.EncryptionKey;
    }

    private void Use(GeneratedKeys keys)
    {
        if (UsesGeneratedTokenSecret)
            Parley.Tokens.HmacSecret = keys.TokenSecret;
        if (UsesGeneratedApiKey)
            Parley.Api.Keys = [keys.ApiKey];
    }

    // Keys are read off these types, so trimming must leave them their properties.
    [DynamicDependency(DynamicallyAccessedMemberTypes.PublicProperties, typeof(ParleyOptions))]
    [DynamicDependency(DynamicallyAccessedMemberTypes.PublicProperties, typeof(ClientOptions))]
    [DynamicDependency(DynamicallyAccessedMemberTypes.PublicProperties, typeof(ChannelsOptions))]
    [DynamicDependency(DynamicallyAccessedMemberTypes.PublicProperties, typeof(ChannelOptions))]
    [DynamicDependency(DynamicallyAccessedMemberTypes.PublicProperties, typeof(TokenOptions))]
    [DynamicDependency(DynamicallyAccessedMemberTypes.PublicProperties, typeof(ApiOptions))]
    [DynamicDependency(DynamicallyAccessedMemberTypes.PublicProperties, typeof(ServerOptions))]
    [DynamicDependency(DynamicallyAccessedMemberTypes.PublicProperties, typeof(ServerWebhookOptions))]
    [DynamicDependency(DynamicallyAccessedMemberTypes.PublicProperties, typeof(PostgreSqlWebhookOptions))]
    [DynamicDependency(DynamicallyAccessedMemberTypes.PublicProperties, typeof(ServerMetricsOptions))]
    [DynamicDependency(DynamicallyAccessedMemberTypes.PublicProperties, typeof(BrokerOptions))]
    private void Bind(List<OptionsProblem> problems)
    {
        var section = Sources.Root.GetSection("Parley");
        var inspector = new ValueInspector(problems);
        inspector.Inspect(section, typeof(ParleyOptions));
        inspector.Inspect(section, typeof(ServerOptions));

        problems.AddRange(UnknownConfigurationKeys.Find(Sources.Root, ConfigurationKeys.Of(typeof(ServerOptions))));

        var usable = Without(Sources.Root, problems).GetSection("Parley");
        usable.Bind(Parley);
        usable.Bind(Server);
        UsesGeneratedTokenSecret = Parley.Tokens is { HmacSecret: null, PublicKeys.Count: 0, JwksUrl: null };
        UsesGeneratedApiKey = Parley.Api.Keys.Count == 0;
    }

    private void Check(List<OptionsProblem> problems)
    {
        Addresses = ListenAddress.Find(Sources.Root, problems);
        problems.AddRange(ParleyOptionsValidator.Check(Parley));
        problems.AddRange(ServerOptionsCheck.Run(Server));
        if (Server.ShutdownTimeout <= Parley.Clients.DrainWindow)
        {
            problems.Add(new("Parley:ShutdownTimeout", Server.ShutdownTimeout.ToString("c"),
                $"must be longer than Parley:Clients:DrainWindow, which is {Parley.Clients.DrainWindow:c}, or sessions are cut off instead of closed."));
        }

        if (!Sources.IsDevelopment)
            return;

        foreach (var address in Addresses.Where(static address => !address.IsLoopback))
        {
            problems.Add(new(WebHostDefaults.ServerUrlsKey, address.Url,
                "can be reached from other machines, and development mode (--dev, or the environment Development) lets everybody in. "
                + "Listen on http://127.0.0.1:8000, or leave development mode."));
        }
    }

    /// <summary>
    /// The configuration without the values that the binder would stumble over, and without nulls, which mean the default. An empty
    /// object is a null here too, and for a namespace it says something: that there is one, with the defaults.
    /// </summary>
    private static IConfiguration Without(IConfiguration configuration, List<OptionsProblem> problems)
        => new ConfigurationBuilder()
            .AddInMemoryCollection(configuration.AsEnumerable()
                .Where(pair => (pair.Value is not null || IsNamespace(pair.Key)) && !problems.Any(problem => Covers(problem.Key, pair.Key))))
            .Build();

    private static bool IsNamespace(string key)
        => string.Equals(ConfigurationPath.GetParentPath(key), NamespacesKey, StringComparison.OrdinalIgnoreCase);

    private static bool Covers(string problem, string key)
        => key.StartsWith(problem, StringComparison.OrdinalIgnoreCase) && (key.Length == problem.Length || key[problem.Length] == ':');
}
