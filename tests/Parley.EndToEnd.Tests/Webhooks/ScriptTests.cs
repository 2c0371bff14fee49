using System.Text.Json;

namespace Parley.EndToEnd.Tests.Webhooks;

/// <summary>Scripts of users, which run in processes that the server starts from its own program.</summary>
public sealed class ScriptTests(WebhookServer server) : IClassFixture<WebhookServer>
{
    private const string Script = """
        function transform(webhook) {
          const { items } = webhook.payload;
          if (!items.length) throw new RangeError('nothing was bought');
          const total = items.map(({ price, count = 1 }) => price * count).reduce((sum, price) => sum + price, 0);
          webhook.headers['x-total'] = `${total}`;
          webhook.payload = { total, names: items.map(item => item.name.replace(/^(\w)/, first => first.toUpperCase())) };
          return webhook;
        }
        """;

    [Fact]
    public async Task The_receiver_gets_what_the_script_made()
    {
        using var receiver = new WebhookReceiver();
        using var api = new WebhookApi(server.Address, server.ApiKey);
        var application = (await api.CallAsync("POST", "applications", new { })).GetProperty("id").GetString();
        await api.CallAsync("POST", $"applications/{application}/endpoints", new { url = receiver.Url, transformation = Script });

        await api.CallAsync("POST", $"applications/{application}/messages",
            new { eventType = "order.paid", payload = new { items = new object[] { new { name = "tea", price = 3.5, count = 2 }, new { name = "cup", price = 5 } } } });

        var request = await receiver.WaitForAsync(static _ => true);
        Assert.Equal("""{"total":12,"names":["Tea","Cup"]}""", JsonElement.Parse(request.Body).GetRawText());
        Assert.Equal("12", request.Headers["x-total"]);
    }

    [Fact]
    public async Task A_script_that_throws_says_what_and_where()
    {
        using var api = new WebhookApi(server.Address, server.ApiKey);
        var application = (await api.CallAsync("POST", "applications", new { })).GetProperty("id").GetString();

        var simulated = await api.CallAsync("POST", $"applications/{application}/transform/simulate", new { script = Script, payload = new { items = Array.Empty<object>() } });

        Assert.Equal("failed", simulated.GetProperty("outcome").GetString());
        Assert.Contains("nothing was bought", simulated.GetRawText(), StringComparison.Ordinal);
    }
}
