using Microsoft.Extensions.DependencyInjection;

namespace Parley.Webhooks.Outbox;

/// <summary>Chooses the database of the outbox: <c>UseNpgsql</c>, <c>UseSqlite</c> and <c>UseEntityFrameworkCore</c> are extension methods of it.</summary>
public interface IWebhookOutboxBuilder
{
    /// <summary>The application's services.</summary>
    IServiceCollection Services { get; }
}
