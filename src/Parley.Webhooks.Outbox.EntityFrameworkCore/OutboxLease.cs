namespace Parley.Webhooks.Outbox.EntityFrameworkCore;

/// <summary>Which process relays.</summary>
internal sealed class OutboxLease
{
    public string Name { get; set; } = "";

    public string Owner { get; set; } = "";

    public long Until { get; set; }
}
