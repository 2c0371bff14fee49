using Microsoft.EntityFrameworkCore;

namespace Parley.Webhooks.Outbox.Tests.Databases;

/// <summary>The context of an application.</summary>
internal sealed class ShopContext(DbContextOptions<ShopContext> options) : DbContext(options)
{
    public DbSet<Order> Orders => Set<Order>();

    protected override void OnModelCreating(ModelBuilder modelBuilder)
    {
        modelBuilder.Entity<Order>().ToTable("orders");
        modelBuilder.AddParleyOutbox();
    }
}

internal sealed class Order
{
    public int Id { get; private set; }
}
