using System.Text.Json;
using Parley.Testing;

namespace Parley.EndToEnd.Tests.Webhooks;

/// <summary>The libraries that receivers use, in a Node.js process that all tests of a class share: to load them takes longer than all they do.</summary>
public sealed class OfficialVerifiers : IAsyncDisposable
{
    private readonly NodeScript _script = NodeScript.Start(Repository.PathOf("tests", "Parley.EndToEnd.Tests", "sdk", "verify-webhooks.mjs"));

    /// <summary>One after the other.</summary>
    internal async Task<(bool Accepts, bool RefusesChanged)> VerifyAsync(string kind, string secret, WebhookRequest request)
    {
        await _script.SendAsync(JsonSerializer.SerializeToNode(
            new { kind, secret, headers = request.Headers, body = Convert.ToBase64String(request.Body) })!);
        var verdict = await _script.ReadAsync() ?? throw new InvalidOperationException(_script.Process.Describe("has ended"));
        return (verdict.GetProperty("ok").GetBoolean(), verdict.GetProperty("refusesChanged").GetBoolean());
    }

    public ValueTask DisposeAsync() => _script.DisposeAsync();
}
