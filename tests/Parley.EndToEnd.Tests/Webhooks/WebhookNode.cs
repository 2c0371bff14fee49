using Parley.Testing;

namespace Parley.EndToEnd.Tests.Webhooks;

/// <summary>The real server as one of several nodes on a PostgreSQL database, whose endpoints may be on this machine.</summary>
/// <param name="connectionString">Of the database, which all of them share.</param>
public sealed class WebhookNode(string connectionString) : ParleyServerProcess($$"""
    {
      "Webhooks": {
        "Storage": "postgresql",
        "PostgreSql": { "ConnectionString": "{{connectionString}}", "EncryptionKey": "every-node-has-the-same-key-that-is-no-secret" },
        "AllowPrivateNetworks": [ "127.0.0.0/8" ]
      }
    }
    """);
