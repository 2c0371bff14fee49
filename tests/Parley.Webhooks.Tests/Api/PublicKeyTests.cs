using System.Buffers.Text;
using System.Net;
using System.Text.Json;
using Parley.Webhooks.Tests.Support;
using Parley.Webhooks.Verification;

namespace Parley.Webhooks.Tests.Api;

public sealed class PublicKeyTests(ApiHost host) : IClassFixture<ApiHost>
{
    [Fact]
    public async Task Everybody_sees_the_keys_that_sign_now_newest_first_and_the_old_ones_of_a_rotation()
    {
        var (first, second) = (WebhookKey.CreatePrivateKey(), WebhookKey.CreatePrivateKey());
        var path = await host.NewEndpointAsync("https://example.com/", $"\"secret\":\"{first.Export()}\"");
        Assert.Equal([first.VerificationKey.Export()], await KeysAsync(path));

        await host.CallAsync("POST", path + "/secret/rotate", $$"""{"secret":"{{second.Export()}}"}""");
        Assert.Equal([second.VerificationKey.Export(), first.VerificationKey.Export()], await KeysAsync(path));

        await host.CallAsync("POST", path + "/secret/rotate", $$"""{"secret":"{{second.Export()}}","overlap":0}""");
        Assert.Equal([second.VerificationKey.Export()], await KeysAsync(path));
    }

    [Fact]
    public async Task A_key_is_a_JWK_that_verifies_and_says_until_when_it_signs()
    {
        // RFC 8037, appendix A.1 to A.3.
        var seed = Base64Url.DecodeFromChars("nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A");
        var key = Base64Url.DecodeFromChars("11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo");
        var path = await host.NewEndpointAsync("https://example.com/", $"\"secret\":\"whsk_{Convert.ToBase64String([.. seed, .. key])}\"");
        await host.CallAsync("POST", path + "/secret/rotate", $$"""{"secret":"{{WebhookKey.CreatePrivateKey().Export()}}","overlap":60}""");

        using var response = await GetAsync(path);

        Assert.Equal(("application/jwk-set+json", "public, max-age=300"), (response.Content.Headers.ContentType?.ToString(), response.Headers.CacheControl?.ToString()));
        var keys = JsonElement.Parse(await response.Content.ReadAsStringAsync()).GetProperty("keys");
        var old = keys[1];
        Assert.Equal(("OKP", "Ed25519", "sig", "EdDSA", "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo", "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k"),
            (Text("kty"), Text("crv"), Text("use"), Text("alg"), Text("x"), Text("kid")));
        Assert.Equal(TimeSpan.FromSeconds(60), old.GetProperty("expiresAt").GetDateTimeOffset() - keys[0].GetProperty("createdAt").GetDateTimeOffset());
        Assert.False(keys[0].TryGetProperty("expiresAt", out _));

        string? Text(string name) => old.GetProperty(name).GetString();
    }

    [Fact]
    public async Task The_key_of_a_declared_scheme_is_shown_too()
    {
        var path = await host.NewEndpointAsync("https://example.com/", """
            "signature":{"style":"scheme","header":"X-Signature","algorithm":"ed25519","keyEncoding":"hex"},"secret":"9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60"
            """);

        Assert.Equal(["whpk_11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo="], await KeysAsync(path));
    }

    [Fact]
    public async Task A_shared_secret_another_application_and_what_does_not_exist_look_the_same()
    {
        var path = await host.NewEndpointAsync("https://example.com/", $"\"uid\":\"crm\",\"secret\":\"{WebhookKey.CreatePrivateKey().Export()}\"");
        var (application, endpoint) = (path.Split('/')[1], path.Split('/')[3]);
        var shared = await host.NewEndpointAsync("https://example.com/");
        var other = (await host.NewApplicationAsync(), endpoint);
        var answers = new List<string>();
        foreach (var (app, ep) in new[] { (shared.Split('/')[1], shared.Split('/')[3]), other, (application, "crm"), (application, "ep_00000000000000000000000000"), ("acme", endpoint) })
        {
            using var response = await host.Client.GetAsync($"/.well-known/parley/webhook-keys/{app}/{ep}");
            Assert.Equal(HttpStatusCode.NotFound, response.StatusCode);
            answers.Add(await response.Content.ReadAsStringAsync());
        }

        Assert.Single(answers.Distinct());
        await host.CallAsync("DELETE", path);
        using var gone = await GetAsync(path);
        Assert.Equal(HttpStatusCode.NotFound, gone.StatusCode);
    }

    [Fact]
    public async Task What_has_not_changed_is_not_sent_again()
    {
        var path = await host.NewEndpointAsync("https://example.com/", $"\"secret\":\"{WebhookKey.CreatePrivateKey().Export()}\"");
        using var first = await GetAsync(path);
        using var request = new HttpRequestMessage(HttpMethod.Get, first.RequestMessage!.RequestUri);
        request.Headers.IfNoneMatch.Add(first.Headers.ETag!);
        using var second = await host.Client.SendAsync(request);
        using var head = await host.Client.SendAsync(new HttpRequestMessage(HttpMethod.Head, first.RequestMessage.RequestUri));

        Assert.Equal(HttpStatusCode.NotModified, second.StatusCode);
        Assert.Equal((HttpStatusCode.OK, first.Content.Headers.ContentLength), (head.StatusCode, head.Content.Headers.ContentLength));
    }

    private async Task<List<string>> KeysAsync(string path)
    {
        using var response = await GetAsync(path);
        return [.. JsonElement.Parse(await response.Content.ReadAsStringAsync()).GetProperty("keys").EnumerateArray().Select(static key => key.GetProperty("whpk").GetString()!)];
    }

    private Task<HttpResponseMessage> GetAsync(string path) => host.Client.GetAsync($"/.well-known/parley/webhook-keys/{path.Split('/')[1]}/{path.Split('/')[3]}");
}
