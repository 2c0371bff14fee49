using Parley.Testing.Postgres;

namespace Parley.Webhooks.Outbox.Tests.Support;

/// <summary>One server for all tests that need one.</summary>
[CollectionDefinition]
public sealed class PostgresCollection : ICollectionFixture<PostgresServer>;
