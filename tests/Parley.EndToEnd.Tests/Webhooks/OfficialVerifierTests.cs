namespace Parley.EndToEnd.Tests.Webhooks;

/// <summary>What the server sends, judged by the libraries that receivers use.</summary>
public sealed class OfficialVerifierTests(WebhookServer server, OfficialVerifiers verifiers)
    : IClassFixture<WebhookServer>, IClassFixture<OfficialVerifiers>
{
    private const string Secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

    [Theory]
    [InlineData("standard", "standard", Secret)]
    [InlineData("standardAndSvix", "svix", Secret)]
    [InlineData("standardAndSvix", "standard", Secret)]
    [InlineData("stripe", "stripe", "whsec_is text for Stripe")]
    [InlineData("github", "github", "It's a Secret to Everybody")]
    [InlineData("slack", "slack", "8f742231b10e8888abcd99yyyzzz85a5")]
    public async Task They_accept_it_and_refuse_a_changed_byte(string style, string verifier, string secret)
    {
        using var receiver = new WebhookReceiver();
        using var api = new WebhookApi(server.Address, server.ApiKey);
        var application = (await api.CallAsync("POST", "applications", new { })).GetProperty("id").GetString();
        await api.CallAsync("POST", $"applications/{application}/endpoints", new { url = receiver.Url, signature = new { style }, secret });

        await api.CallAsync("POST", $"applications/{application}/messages", new { eventType = "payment.completed", payload = new { amount = 700, name = "Ünal" } });

        Assert.Equal((true, true), await verifiers.VerifyAsync(verifier, secret, await receiver.WaitForAsync(static _ => true)));
    }

    [Theory]
    [InlineData("standard", "standard", true)]
    [InlineData("standardAndSvix", "svix", true)]
    [InlineData("stripe", "stripe", true)]
    [InlineData("github", "github", false)] // a header with room for one signature: that of the new secret
    [InlineData("slack", "slack", false)]
    public async Task While_a_secret_is_rotated_they_accept_it_with_the_new_one_and_with_the_old_one_where_two_signatures_fit(
        string style, string verifier, bool isOldAccepted)
    {
        using var receiver = new WebhookReceiver();
        using var api = new WebhookApi(server.Address, server.ApiKey);
        var application = (await api.CallAsync("POST", "applications", new { })).GetProperty("id").GetString();
        var endpoint = (await api.CallAsync("POST", $"applications/{application}/endpoints", new { url = receiver.Url, signature = new { style }, secret = Secret }))
            .GetProperty("id").GetString();
        var rotated = await api.CallAsync("POST", $"applications/{application}/endpoints/{endpoint}/secret/rotate", new { overlap = 3600 });
        var next = rotated.GetProperty("secrets")[0].GetProperty("secret").GetString()!;

        await api.CallAsync("POST", $"applications/{application}/messages", new { eventType = "payment.completed", payload = new { amount = 700 } });

        var request = await receiver.WaitForAsync(static _ => true);
        var other = "whsec_" + Convert.ToBase64String(new byte[24]);
        Assert.Equal((isOldAccepted, true), await verifiers.VerifyAsync(verifier, Secret, request));
        Assert.Equal((true, true), await verifiers.VerifyAsync(verifier, next, request));
        Assert.Equal((false, true), await verifiers.VerifyAsync(verifier, other, request));
    }
}
