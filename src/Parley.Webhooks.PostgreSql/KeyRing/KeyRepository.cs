using System.Xml.Linq;
using Microsoft.AspNetCore.DataProtection.Repositories;

namespace Parley.Webhooks.PostgreSql.KeyRing;

/// <summary>Keeps the keys of Data Protection in the database, for all nodes.</summary>
internal sealed class KeyRepository(PostgreSqlWebhookStore store) : IXmlRepository
{
    public IReadOnlyCollection<XElement> GetAllElements() => Wait(store.Database.RunAsync(static connection => connection.ListAsync(
        "SELECT xml FROM data_protection_keys ORDER BY name", static row => XElement.Parse(row.GetString(0)))));

    public void StoreElement(XElement element, string friendlyName)
    {
        ArgumentNullException.ThrowIfNull(element);
        Wait(store.Database.RunAsync(connection => connection.RunAsync(
            "INSERT INTO data_protection_keys (name, xml) VALUES ($1, $2) ON CONFLICT (name) DO UPDATE SET xml = $2",
            Sql.Value(string.IsNullOrEmpty(friendlyName) ? Guid.NewGuid().ToString() : friendlyName),
            Sql.Value(element.ToString(SaveOptions.DisableFormatting)))));
    }

    /// <summary>The contract is not asynchronous. Keys are read at the start and once a day.</summary>
    private static T Wait<T>(ValueTask<T> work) => work.AsTask().GetAwaiter().GetResult();
}
