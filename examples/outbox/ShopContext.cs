using Microsoft.EntityFrameworkCore;

internal sealed class ShopContext(DbContextOptions<ShopContext> options) : DbContext(options)
{
    public DbSet<Order> Orders => Set<Order>();

    protected override void OnModelCreating(ModelBuilder modelBuilder) => modelBuilder.AddParleyOutbox();
}

internal sealed class Order
{
    public Guid Id { get; init; } = Guid.CreateVersion7();

    public required string Customer { get; init; }

    public decimal Amount { get; init; }
}
