using System.Globalization;
using System.Text;
using Parley.Webhooks.Storage;

namespace Parley.Webhooks.PostgreSql.Nodes;

/// <summary>What nodes tell each other: the teller's number, what it is about, and its parts, with a bar between them.</summary>
internal static class Notification
{
    private const string Change = "change";
    private const string Due = "due";
    private const string Everything = "everything";

    // PostgreSQL takes 7,999 bytes.
    private const int MaxBytes = 7_900;

    public static string OfDue(int node, Guid application, Guid endpoint) =>
        string.Create(CultureInfo.InvariantCulture, $"{node}|{Due}|{application:N}|{endpoint:N}");

    /// <summary>That anything may have changed.</summary>
    public static string OfEverything(int node) => string.Create(CultureInfo.InvariantCulture, $"{node}|{Everything}");

    public static string ToNotification(this ChangedResource resource, int node)
    {
        var text = string.Create(CultureInfo.InvariantCulture,
            $"{node}|{Change}|{(int)resource.Kind}|{resource.Id:N}|{resource.Parent:N}|{(resource.Name is null ? "" : "=" + resource.Name)}");
        return Encoding.UTF8.GetByteCount(text) <= MaxBytes ? text : OfEverything(node);
    }

    /// <summary>Passes on what another node told.</summary>
    public static void Pass(string text, int node, IStoreListener listener)
    {
        var parts = text.Split('|', 6);
        if (parts[0] == node.ToString(CultureInfo.InvariantCulture))
            return;
        switch (parts)
        {
            case [_, Due, var application, var endpoint]:
                listener.DeliveriesDue(Guid.ParseExact(application, "N"), Guid.ParseExact(endpoint, "N"));
                break;
            case [_, Change, var kind, var id, var parent, var name]:
                listener.ResourceChanged((ResourceKind)int.Parse(kind, CultureInfo.InvariantCulture), Guid.ParseExact(id, "N"), Guid.ParseExact(parent, "N"),
                    name.Length == 0 ? null : name[1..]);
                break;
            default:
                // Also what a newer node says and this one does not understand.
                listener.Lost();
                break;
        }
    }
}

/// <summary>A resource that was added, replaced or removed.</summary>
internal sealed record ChangedResource(ResourceKind Kind, Guid Id, Guid Parent, string? Name);
