using Microsoft.AspNetCore.DataProtection.KeyManagement;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using Parley.Webhooks;
using Parley.Webhooks.PostgreSql;
using Parley.Webhooks.PostgreSql.KeyRing;
using Parley.Webhooks.Storage;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Keeps webhooks in PostgreSQL.</summary>
public static class PostgreSqlWebhooksBuilderExtensions
{
    /// <summary>Keeps webhooks in a database, where several nodes share the work.</summary>
    /// <param name="builder">What <c>AddWebhooks</c> returns.</param>
    /// <param name="connectionString">As Npgsql takes it. The server must be the primary one, and no pooler of transactions may stand in between.</param>
    /// <remarks>
    /// All nodes must read the same keys of ASP.NET Core Data Protection, under one <c>SetApplicationName</c>: with
    /// <see cref="PostgreSqlWebhookOptions.EncryptionKey"/> they are kept in the database.
    /// </remarks>
    public static IWebhooksBuilder UsePostgreSql(this IWebhooksBuilder builder, string connectionString)
    {
        ArgumentException.ThrowIfNullOrEmpty(connectionString);
        return builder.UsePostgreSql(options => options.ConnectionString = connectionString);
    }

    /// <summary>Keeps webhooks in a database, where several nodes share the work.</summary>
    /// <param name="builder">What <c>AddWebhooks</c> returns.</param>
    /// <param name="configure">Sets options. A bad one stops the start and is named with key, value and remedy.</param>
    public static IWebhooksBuilder UsePostgreSql(this IWebhooksBuilder builder, Action<PostgreSqlWebhookOptions> configure)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentNullException.ThrowIfNull(configure);
        var services = builder.Services;
        services.AddOptions<PostgreSqlWebhookOptions>().Configure(configure).ValidateOnStart();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<PostgreSqlWebhookOptions>, PostgreSqlOptionsCheck>());
        services.RemoveAll<IWebhookStore>();
        services.TryAddSingleton(static provider => new PostgreSqlWebhookStore(
            provider.GetRequiredService<IOptions<PostgreSqlWebhookOptions>>().Value, provider.GetRequiredService<TimeProvider>()));
        services.AddSingleton<IWebhookStore>(static provider => provider.GetRequiredService<PostgreSqlWebhookStore>());
        services.TryAddSingleton<KeyRingCipher>();
        services.AddOptions<KeyManagementOptions>().Configure<IServiceProvider>(UseKeyRing);
        // Behind the one that opens the store.
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IHostedService, KeyRingStart>());
        return builder;
    }

    private static void UseKeyRing(KeyManagementOptions options, IServiceProvider provider)
    {
        if (provider.GetRequiredService<IOptions<PostgreSqlWebhookOptions>>().Value.EncryptionKey is null)
            return;
        options.XmlRepository = new KeyRepository(provider.GetRequiredService<PostgreSqlWebhookStore>());
        options.XmlEncryptor = new KeyRingEncryptor(provider.GetRequiredService<KeyRingCipher>());
    }
}
