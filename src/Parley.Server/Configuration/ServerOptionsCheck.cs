using System.Net;
using Parley.AspNetCore.Configuration;
using Parley.Webhooks.Configuration;
using Parley.Webhooks.PostgreSql;

namespace Parley.Server.Configuration;

/// <summary>Finds what is wrong with <see cref="ServerOptions"/>.</summary>
internal static class ServerOptionsCheck
{
    private static readonly TimeSpan LongestShutdown = TimeSpan.FromHours(1);

    public static IEnumerable<OptionsProblem> Run(ServerOptions options)
    {
        if (string.IsNullOrWhiteSpace(options.DataDirectory))
            yield return new("Parley:DataDirectory", options.DataDirectory, "must name a folder, as ./data.");

        if (!string.Equals(options.Broker.Type, "memory", StringComparison.OrdinalIgnoreCase))
            yield return new("Parley:Broker:Type", options.Broker.Type, "is not available. Write memory, or remove the key.");

        if (options.Webhooks.Storage is not (ServerWebhookOptions.Sqlite or ServerWebhookOptions.PostgreSqlStorage or ServerWebhookOptions.None))
            yield return new("Parley:Webhooks:Storage", options.Webhooks.Storage, "is not available. Write sqlite, postgresql, or none.");
        foreach (var problem in CheckPostgreSql(options.Webhooks))
            yield return problem;
        foreach (var (key, value, remedy) in WebhookOptionsValidator.Check(options.Webhooks))
            yield return new($"Parley:Webhooks:{key}", value, remedy);

        List<OptionsProblem> problems = [];
        ApiOptionsRules.ApplyToKeys(options.Metrics.Keys, new OptionsCheck("Parley:Metrics", problems));
        foreach (var problem in problems)
            yield return problem;

        for (var index = 0; index < options.Proxies.Count; index++)
        {
            var proxy = options.Proxies[index];
            if (!IPAddress.TryParse(proxy, out _) && !IPNetwork.TryParse(proxy, out _))
                yield return new($"Parley:Proxies:{index}", proxy, "is neither an address nor a network. Write 10.0.0.5 or 10.0.0.0/8.");
        }

        if (options.ShutdownTimeout > LongestShutdown)
            yield return new("Parley:ShutdownTimeout", options.ShutdownTimeout.ToString("c"), "must be 01:00:00 at most.");
    }

    private static IEnumerable<OptionsProblem> CheckPostgreSql(ServerWebhookOptions options)
    {
        if (options.Storage is not ServerWebhookOptions.PostgreSqlStorage)
            yield break;
        foreach (var (key, value, remedy) in PostgreSqlOptionsCheck.Check(options.PostgreSql))
            yield return new($"{PostgreSqlOptionsCheck.Section}:{key}", value, remedy);
        if (options.PostgreSql.EncryptionKey is null)
        {
            yield return new($"{PostgreSqlOptionsCheck.Section}:{nameof(options.PostgreSql.EncryptionKey)}", null,
                "is needed, the same on every node: secrets are encrypted with it. Make one with: openssl rand -hex 32");
        }
    }
}
