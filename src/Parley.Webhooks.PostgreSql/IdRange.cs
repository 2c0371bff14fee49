using Parley.Webhooks.Deliveries;

namespace Parley.Webhooks.PostgreSql;

/// <summary>The days in which messages lie, said so that the database looks at no others.</summary>
internal readonly record struct IdRange(Guid First, Guid Last)
{
    public static IdRange Of(IEnumerable<Guid> ids)
    {
        var (first, last) = (Guid.AllBitsSet, Guid.Empty);
        foreach (var id in ids)
            (first, last) = (id < first ? id : first, id > last ? id : last);
        return new IdRange(first, last);
    }

    public static IdRange Of(IEnumerable<DeliveryKey> keys) => Of(keys.Select(static key => key.Message));
}
