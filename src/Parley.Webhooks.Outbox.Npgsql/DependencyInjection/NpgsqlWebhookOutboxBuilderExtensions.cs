using Microsoft.Extensions.DependencyInjection.Extensions;
using Npgsql;
using Parley.Webhooks.Outbox;
using Parley.Webhooks.Outbox.Enqueuing;
using Parley.Webhooks.Outbox.Npgsql;
using Parley.Webhooks.Outbox.Storage;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Keeps the outbox in PostgreSQL.</summary>
public static class NpgsqlWebhookOutboxBuilderExtensions
{
    /// <summary>Keeps the outbox in the application's database, and adds <see cref="NpgsqlWebhookOutbox"/> to write to it.</summary>
    /// <param name="builder">What <c>AddWebhookOutbox</c> returns.</param>
    /// <param name="connectionString">The application's own. With a pooler between, one that keeps sessions: <c>LISTEN</c> needs them.</param>
    public static IWebhookOutboxBuilder UseNpgsql(this IWebhookOutboxBuilder builder, string connectionString)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentException.ThrowIfNullOrEmpty(connectionString);
        builder.Services.RemoveAll<OwnSource>();
        builder.Services.AddSingleton(_ => new OwnSource(NpgsqlDataSource.Create(connectionString)));
        return builder.Use(static provider => provider.GetRequiredService<OwnSource>().Source);
    }

    /// <summary>Keeps the outbox in the database of the <see cref="NpgsqlDataSource"/> that the application's services have.</summary>
    /// <inheritdoc cref="UseNpgsql(IWebhookOutboxBuilder, string)"/>
    public static IWebhookOutboxBuilder UseNpgsql(this IWebhookOutboxBuilder builder)
    {
        ArgumentNullException.ThrowIfNull(builder);
        return builder.Use(static provider => provider.GetRequiredService<NpgsqlDataSource>());
    }

    private static IWebhookOutboxBuilder Use(this IWebhookOutboxBuilder builder, Func<IServiceProvider, NpgsqlDataSource> find)
    {
        builder.Services.RemoveAll<IOutboxStore>();
        builder.Services.AddSingleton<IOutboxStore>(provider => new NpgsqlOutboxStore(find(provider)));
        builder.Services.RemoveAll<NpgsqlWebhookOutbox>();
        builder.Services.AddSingleton(provider => new NpgsqlWebhookOutbox(provider.GetRequiredService<OutboxIntake>(), find(provider)));
        return builder;
    }

    /// <summary>Ends with the services, and is none that the application would get.</summary>
    private sealed class OwnSource(NpgsqlDataSource source) : IAsyncDisposable, IDisposable
    {
        public NpgsqlDataSource Source => source;

        public ValueTask DisposeAsync() => source.DisposeAsync();

        public void Dispose() => source.Dispose();
    }
}
