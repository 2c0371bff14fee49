using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Parley.Webhooks;
using Parley.Webhooks.Sqlite;
using Parley.Webhooks.Storage;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Keeps webhooks in SQLite.</summary>
public static class SqliteWebhooksBuilderExtensions
{
    /// <summary>Keeps webhooks in a file that this process alone uses.</summary>
    /// <param name="builder">What <c>AddWebhooks</c> returns.</param>
    /// <param name="path">The file, relative to the working folder; made when it does not exist. It must be on a local disk.</param>
    public static IWebhooksBuilder UseSqlite(this IWebhooksBuilder builder, string path)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentException.ThrowIfNullOrEmpty(path);
        builder.Services.RemoveAll<IWebhookStore>();
        builder.Services.AddSingleton<IWebhookStore>(services => Create(path, services));
        return builder;
    }

    private static SqliteWebhookStore Create(string path, IServiceProvider services)
    {
        var store = new SqliteWebhookStore(path, services.GetRequiredService<TimeProvider>(), services.GetService<ILogger<SqliteWebhookStore>>());
        if (services.GetService<IMeterFactory>() is { } meters)
            store.Observe(meters);
        return store;
    }
}
