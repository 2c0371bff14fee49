using System.Security.Cryptography;
using Microsoft.AspNetCore.DataProtection.KeyManagement;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using Parley.Webhooks.Storage;

namespace Parley.Webhooks.PostgreSql.KeyRing;

/// <summary>Has the first key made by one node: two that start together would each make one, and not know the other's for a day.</summary>
internal sealed class KeyRingStart(PostgreSqlWebhookStore store, IKeyManager keys, IOptions<PostgreSqlWebhookOptions> options, TimeProvider time) : IHostedLifecycleService
{
    // As Data Protection has it; it makes the next one itself, in time for all nodes to learn of it.
    private static readonly TimeSpan Lifetime = TimeSpan.FromDays(90);

    public async Task StartingAsync(CancellationToken cancellationToken)
    {
        if (options.Value.EncryptionKey is null)
            return;
        await store.Database.TransactAsync(async connection =>
        {
            await connection.RunAsync("SELECT pg_advisory_xact_lock($1)", store.Database.Lock(DatabaseLock.KeyRing));
            var known = keys.GetAllKeys();
            if (known.Count == 0)
                keys.CreateNewKey(time.GetUtcNow(), time.GetUtcNow() + Lifetime);
            else
                Check(known);
            return true;
        }, cancellationToken);
    }

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>A node with another encryption key would fail every delivery; it does not start.</summary>
    private static void Check(IReadOnlyCollection<IKey> known)
    {
        foreach (var key in known)
        {
            try
            {
                _ = key.Descriptor;
            }
            catch (CryptographicException exception)
            {
                throw new WebhookStoreException(WebhookStoreProblem.Damaged, exception.Message, exception);
            }
        }
    }
}
