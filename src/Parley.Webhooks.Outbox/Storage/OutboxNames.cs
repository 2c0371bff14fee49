using System.Text;
using System.Text.Json;

namespace Parley.Webhooks.Outbox.Storage;

/// <summary>Names in the database, the same in each.</summary>
internal static class OutboxNames
{
    public const string Table = "parley_outbox";
    public const string LeaseTable = "parley_outbox_lease";

    /// <summary>The only row of the lease's table.</summary>
    public const string Lease = "relay";

    public const int MaxApplication = 256;
    public const int MaxError = 2000;

    /// <summary>Channels or tags as they are stored.</summary>
    public static string? ToJson(IReadOnlyList<string> names)
    {
        if (names.Count == 0)
            return null;
        using var buffer = new MemoryStream();
        using (var writer = new Utf8JsonWriter(buffer))
        {
            writer.WriteStartArray();
            foreach (var name in names)
                writer.WriteStringValue(name);
            writer.WriteEndArray();
        }

        return Encoding.UTF8.GetString(buffer.ToArray());
    }
}
