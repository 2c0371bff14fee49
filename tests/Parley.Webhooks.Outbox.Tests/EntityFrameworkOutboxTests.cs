using Parley.Testing.Postgres;
using Parley.Webhooks.Outbox.Tests.Databases;
using Parley.Webhooks.Outbox.Tests.Specification;
using Parley.Webhooks.Outbox.Tests.Support;

namespace Parley.Webhooks.Outbox.Tests;

public sealed class EntityFrameworkSqliteOutboxTests(ParleyNode parley) : OutboxSpecification(parley), IClassFixture<ParleyNode>
{
    private protected override async Task<OutboxDatabase> CreateAsync() => await EntityFrameworkDatabase.CreateSqliteAsync();
}

[Collection<PostgresCollection>]
public sealed class EntityFrameworkPostgresOutboxTests(ParleyNode parley, PostgresServer server) : OutboxSpecification(parley), IClassFixture<ParleyNode>
{
    private protected override async Task<OutboxDatabase> CreateAsync() => await EntityFrameworkDatabase.CreateAsync(server);
}
