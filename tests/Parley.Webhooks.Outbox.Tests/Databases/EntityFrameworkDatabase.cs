using System.Data.Common;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using Parley.Testing.Postgres;

namespace Parley.Webhooks.Outbox.Tests.Databases;

/// <summary>The same by a context of Entity Framework Core.</summary>
internal sealed class EntityFrameworkDatabase(Action<DbContextOptionsBuilder> configure, Func<DbConnection> create, Action? delete = null) : OutboxDatabase
{
    public static async Task<EntityFrameworkDatabase> CreateAsync(PostgresServer server)
    {
        var connectionString = server.ConnectionStringOf(await server.CreateDatabaseAsync());
        return await new EntityFrameworkDatabase(
            options => options.UseNpgsql(connectionString, static postgres => postgres.EnableRetryOnFailure()), () => new NpgsqlConnection(connectionString)).CreateAsync();
    }

    public static Task<EntityFrameworkDatabase> CreateSqliteAsync()
    {
        var folder = Directory.CreateTempSubdirectory("parley-outbox-");
        var connectionString = $"Data Source={Path.Combine(folder.FullName, "shop.db")}";
        return new EntityFrameworkDatabase(
            options => options.UseSqlite(connectionString),
            () => new SqliteConnection(connectionString),
            () =>
            {
                using (var connection = new SqliteConnection(connectionString))
                    SqliteConnection.ClearPool(connection);
                folder.Delete(recursive: true);
            }).CreateAsync();
    }

    public override void Use(IWebhookOutboxBuilder builder)
    {
        builder.Services.AddDbContext<ShopContext>(configure);
        builder.UseEntityFrameworkCore<ShopContext>();
    }

    public override async Task WriteAsync(
        IServiceProvider services, IEnumerable<(string Application, WebhookMessage Message)> messages, bool commit, Func<Task>? beforeEnd)
    {
        await using var scope = services.CreateAsyncScope();
        var context = scope.ServiceProvider.GetRequiredService<ShopContext>();
        context.Add(new Order());
        foreach (var (application, message) in messages)
            context.EnqueueWebhook(application, message);
        if (commit && beforeEnd is null)
        {
            await context.SaveChangesAsync();
            return;
        }

        await context.Database.CreateExecutionStrategy().ExecuteAsync(async () =>
        {
            await using var transaction = await context.Database.BeginTransactionAsync();
            await context.SaveChangesAsync();
            await (beforeEnd?.Invoke() ?? Task.CompletedTask);
            if (commit)
                await transaction.CommitAsync();
            else
                await transaction.RollbackAsync();
        });
    }

    public override async Task<DbConnection> OpenAsync()
    {
        var connection = create();
        await connection.OpenAsync();
        return connection;
    }

    public override ValueTask DisposeAsync()
    {
        delete?.Invoke();
        return base.DisposeAsync();
    }

    private async Task<EntityFrameworkDatabase> CreateAsync()
    {
        var options = new DbContextOptionsBuilder<ShopContext>();
        configure(options);
        await using var context = new ShopContext(options.Options);
        await context.Database.EnsureCreatedAsync();
        return this;
    }
}
