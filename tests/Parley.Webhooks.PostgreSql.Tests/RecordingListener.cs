using System.Threading.Channels;
using Parley.Testing;
using Parley.Webhooks.Storage;

namespace Parley.Webhooks.PostgreSql.Tests;

/// <summary>What a node hears of the others, one after the other.</summary>
internal sealed class RecordingListener : IStoreListener
{
    public const string LostText = "lost";

    private readonly Channel<string> _heard = Channel.CreateUnbounded<string>();

    public void ResourceChanged(ResourceKind kind, Guid id, Guid parent, string? name) => _heard.Writer.TryWrite(ChangeOf(kind, id, parent, name));

    public void DeliveriesDue(Guid application, Guid endpoint) => _heard.Writer.TryWrite(DueOf(application, endpoint));

    public void Lost() => _heard.Writer.TryWrite(LostText);

    public static string ChangeOf(ResourceKind kind, Guid id, Guid parent, string? name) => $"{kind} {id} {parent} {name}";

    public static string DueOf(Guid application, Guid endpoint) => $"due {application} {endpoint}";

    public async Task<string> NextAsync() => await _heard.Reader.ReadAsync().AsTask().WaitAsync(Patience.Limit);
}
