using Parley.Webhooks.Outbox.Tests.Databases;
using Parley.Webhooks.Outbox.Tests.Specification;
using Parley.Webhooks.Outbox.Tests.Support;

namespace Parley.Webhooks.Outbox.Tests;

public sealed class SqliteOutboxTests(ParleyNode parley) : OutboxSpecification(parley), IClassFixture<ParleyNode>
{
    private protected override bool IsToldOfCommits => false;

    private protected override async Task<OutboxDatabase> CreateAsync() => await SqliteDatabase.CreateAsync();
}
