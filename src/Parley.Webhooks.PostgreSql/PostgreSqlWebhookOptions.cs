namespace Parley.Webhooks.PostgreSql;

/// <summary>Where PostgreSQL is. Section <c>Parley:Webhooks:PostgreSql</c>.</summary>
public sealed class PostgreSqlWebhookOptions
{
    /// <summary>As Npgsql takes it: <c>Host=db;Database=parley;Username=parley;Password=...</c>. Default: none, and it is needed.</summary>
    public string? ConnectionString { get; set; }

    /// <summary>Schema of the tables, which is made when it does not exist: 1 to 40 of a-z, 0-9 and _. Default <c>parley_webhooks</c>.</summary>
    public string Schema { get; set; } = "parley_webhooks";

    /// <summary>
    /// Encrypts the keys that endpoints' secrets are encrypted with, so that these keys may be kept in the database, for all nodes: at least
    /// 32 characters, the same on every node, and kept with the backups but not in them. Default: none; the keys are then where the
    /// application has ASP.NET Core Data Protection persist them, which every node must read.
    /// </summary>
    public string? EncryptionKey { get; set; }
}
