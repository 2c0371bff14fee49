using System.Net;
using Parley.Webhooks.Tests.Support;
using Parley.Webhooks.Verification;

namespace Parley.Webhooks.Tests.Api;

public sealed class EndpointApiTests(ApiHost host) : IClassFixture<ApiHost>
{
    [Fact]
    public async Task An_endpoint_has_sensible_defaults()
    {
        var endpoint = await CreateAsync("""{"url":"https://example.com/hooks"}""");

        Assert.Equal(
            ("https://example.com/hooks", "POST", "active", "10", "15", """{"style":"standard"}""", "[]"),
            (endpoint["url"], endpoint["method"], endpoint["state"], endpoint["concurrency"], endpoint["timeout"], endpoint["signature"], endpoint["eventTypes"]));
        Assert.Equal("[5,300,1800,7200,18000,36000,50400,72000,86400]", endpoint["retrySchedule"]);
    }

    [Fact]
    public async Task All_of_it_can_be_said_and_changed_and_secrets_are_never_shown()
    {
        const string Canary = "canary-secret-value";
        var application = await host.NewApplicationAsync();
        var made = await host.CallAsync("POST", $"applications/{application}/endpoints", $$$"""
            {"uid":"crm","url":"https://example.com/hooks","description":"CRM","eventTypes":["invoice.*"],"channels":["eu"],
             "headers":{"X-Env":"{{{Canary}}}"},"authentication":{"kind":"basic","user":"ann","password":"{{{Canary}}}"},"method":"PUT",
             "signature":{"style":"standardAndSvix"},"rateLimit":5,"concurrency":2,"ordered":true,"timeout":30,"retrySchedule":[1,2],
             "metadata":{"a":"b"}}
            """);
        Assert.Equal(HttpStatusCode.Created, made.Status);
        Assert.DoesNotContain(Canary, made.Text, StringComparison.Ordinal);

        var changed = await host.CallAsync("PATCH", $"applications/{application}/endpoints/crm", """{"timeout":10,"rateLimit":null,"disabled":true}""");

        Assert.Equal(("10", null, "disabled", "requested", "PUT", """{"X-Env":"***"}"""),
            (changed["timeout"], changed["rateLimit"], changed["state"], changed["disabledReason"], changed["method"], changed["headers"]));
        Assert.Equal("active", (await host.CallAsync("PATCH", $"applications/{application}/endpoints/{made["id"]}", """{"disabled":false}"""))["state"]);
        Assert.Contains("crm", (await host.CallAsync("GET", $"applications/{application}/endpoints")).Text, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.NoContent, (await host.CallAsync("DELETE", $"applications/{application}/endpoints/crm")).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await host.CallAsync("GET", $"applications/{application}/endpoints/crm")).Status);
    }

    [Theory]
    [InlineData("{}", "/url")]
    [InlineData("""{"url":"http://10.0.0.1/"}""", "/url")]
    [InlineData("""{"url":"http://169.254.169.254/latest/meta-data"}""", "/url")]
    [InlineData("""{"url":"http://0x7f000002/"}""", "/url")]
    [InlineData("""{"url":"http://localhost.:80/#x"}""", "/url")]
    [InlineData("""{"url":"ftp://example.com/"}""", "/url")]
    [InlineData("""{"url":"https://example.com/","uid":"a\u0000"}""", "/uid")]
    [InlineData("""{"url":"https://example.com/","description":"\u0000"}""", "/description")]
    [InlineData("""{"url":"https://example.com/","channels":["a","\u0000b"]}""", "/channels")]
    [InlineData("""{"url":"https://example.com/","eventTypes":["a\u0000"]}""", "/eventTypes")]
    [InlineData("""{"url":"https://example.com/","eventTypes":["in*"]}""", "/eventTypes")]
    [InlineData("""{"url":"https://example.com/","method":"CONNECT"}""", "/method")]
    [InlineData("""{"url":"https://example.com/","headers":{"Host":"x"}}""", "/headers/Host")]
    [InlineData("""{"url":"https://example.com/","headers":{"Webhook-Signature":"x"}}""", "/headers/Webhook-Signature")]
    [InlineData("""{"url":"https://example.com/","headers":{"X":"a\r\nY: b"}}""", "/headers/X")]
    [InlineData("""{"url":"https://example.com/","headers":{"X Y":"a"}}""", "/headers/X Y")]
    [InlineData("""{"url":"https://example.com/","headers":{"X\r\nHost":"a"}}""", "/headers/X\r\nHost")]
    [InlineData("""{"url":"https://example.com/","headers":{"hOST":"x"}}""", "/headers/hOST")]
    [InlineData("""{"url":"https://example.com/","headers":{":authority":"x"}}""", "/headers/:authority")]
    [InlineData("""{"url":"https://example.com/","headers":{"Transfer-Encoding":"chunked"}}""", "/headers/Transfer-Encoding")]
    [InlineData("""{"url":"https://example.com/","headers":{"Content-Language":"de"}}""", "/headers/Content-Language")]
    [InlineData("""{"url":"https://example.com/","headers":{"Expires":"0"}}""", "/headers/Expires")]
    [InlineData("""{"url":"https://example.com/","headers":{"X-Foo\n":"a"}}""", "/headers/X-Foo\n")]
    [InlineData("""{"url":"https://example.com/","headers":{"Content-Length":"0"}}""", "/headers/Content-Length")]
    [InlineData("""{"url":"https://example.com/","headers":{"svix-id":"x"}}""", "/headers/svix-id")]
    [InlineData("""{"url":"https://example.com/","authentication":{"kind":"digest"}}""", "/authentication/kind")]
    [InlineData("""{"url":"https://example.com/","authentication":{"kind":"bearer"}}""", "/authentication/token")]
    [InlineData("""{"url":"https://example.com/","authentication":{"kind":"apiKey","name":"Cookie","key":"k"}}""", "/authentication/name")]
    [InlineData("""{"url":"https://example.com/","signature":{"style":"md5"}}""", "/signature/style")]
    [InlineData("""{"url":"https://example.com/","signature":{"style":"scheme"}}""", "/signature/header")]
    [InlineData("""{"url":"https://example.com/","signature":{"style":"scheme","header":"X","prefix":"a\nb"}}""", "/signature/prefix")]
    [InlineData("""{"url":"https://example.com/","signature":{"style":"scheme","header":"Host"}}""", "/signature/header")]
    [InlineData("""{"url":"https://example.com/","signature":{"style":"scheme","header":"X","headers":{"Host":"x"}}}""", "/signature/headers")]
    [InlineData("""{"url":"https://example.com/","signature":{"style":"scheme","header":"X","headers":{"Y":"a\r\nHost: x"}}}""", "/signature/headers")]
    [InlineData("""{"url":"https://example.com/","signature":{"style":"scheme","header":"webhook-id"}}""", "/signature/header")]
    [InlineData("""{"url":"https://example.com/","signature":{"style":"scheme","header":"X","headers":{"Webhook-Timestamp":"x"}}}""", "/signature/headers")]
    [InlineData("""{"url":"https://example.com/","signature":{"style":"scheme","header":"webhook-test"}}""", "/signature/header")]
    [InlineData("""{"url":"https://example.com/","signature":{"style":"scheme","header":"X","headers":{"WebHook-Request-Origin":"x"}}}""", "/signature/headers")]
    [InlineData("""{"url":"https://example.com/","signature":{"style":"scheme","header":"Content-Digest"}}""", "/signature/header")]
    [InlineData("""{"url":"https://example.com/","signature":{"style":"scheme","header":"X","content":"{body}\u0000"}}""", "/signature/content")]
    [InlineData("""{"url":"https://example.com/","signature":{"style":"scheme","header":"X","signaturePrefix":"v1\n"}}""", "/signature/signaturePrefix")]
    [InlineData("""{"url":"https://example.com/","signature":{"style":"scheme","header":"X","algorithm":"md5"}}""", "/signature/algorithm")]
    [InlineData("""{"url":"https://example.com/","secret":"short"}""", "/secret")]
    [InlineData("""{"url":"https://example.com/","secret":"whpk_1SiA4o9hyqTCpIqC5V9HUakiiaeACeqfZTInDBbOir4="}""", "/secret")]
    [InlineData("""{"url":"https://example.com/","signature":{"style":"stripe"},"secret":"whsk_9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60"}""", "/secret")]
    [InlineData("""{"url":"https://example.com/","rateLimit":0}""", "/rateLimit")]
    [InlineData("""{"url":"https://example.com/","concurrency":1001}""", "/concurrency")]
    [InlineData("""{"url":"https://example.com/","timeout":61}""", "/timeout")]
    [InlineData("""{"url":"https://example.com/","retrySchedule":[0]}""", "/retrySchedule")]
    [InlineData("""{"url":"https://example.com/","filter":{"payload":{"a":"b"}}}""", "/filter/payload/a")]
    [InlineData("""{"url":"https://example.com/","bodySchema":{"type":"text"}}""", "/bodySchema/type")]
    [InlineData("""{"url":"https://example.com/","bodySchema":{"$ref":"https://example.com/"}}""", "/bodySchema/$ref")]
    public async Task What_is_wrong_is_pointed_at(string body, string pointer)
    {
        var reply = await host.CallAsync("POST", $"applications/{await host.NewApplicationAsync()}/endpoints", body);

        Assert.Equal((HttpStatusCode.UnprocessableEntity, "invalid"), (reply.Status, reply["code"]));
        Assert.Contains(pointer, reply.Body.GetProperty("errors").EnumerateArray().Select(static error => error.GetProperty("pointer").GetString()));
    }

    [Fact]
    public async Task A_secret_is_made_or_taken_over_and_rotated_with_an_overlap()
    {
        var application = await host.NewApplicationAsync();
        var path = $"applications/{application}/endpoints/{(await host.CallAsync("POST", $"applications/{application}/endpoints", """{"url":"https://example.com/","secret":"whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"}"""))["id"]}";
        Assert.Equal(["whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"], await SecretsAsync());

        await host.CallAsync("POST", path + "/secret/rotate", "{}");
        var two = await SecretsAsync();
        Assert.Equal((2, "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"), (two.Count, two[1]));
        Assert.True(WebhookKey.TryParse(two[0], out _));

        var key = WebhookKey.CreatePrivateKey();
        await host.CallAsync("POST", path + "/secret/rotate", $$"""{"secret":"{{key.Export()}}","overlap":0}""");
        Assert.Equal([key.VerificationKey.Export()], await SecretsAsync());
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await host.CallAsync("POST", path + "/secret/rotate", """{"overlap":604801}""")).Status);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await host.CallAsync("PATCH", path, """{"secret":"x"}""")).Status);

        async Task<List<string>> SecretsAsync() => [.. (await host.CallAsync("GET", path + "/secret")).Body.GetProperty("secrets").EnumerateArray()
            .Select(static secret => secret.GetProperty("secret").GetString()!)];
    }

    [Fact]
    public async Task A_preset_shows_what_it_stands_for_and_takes_its_own_kind_of_secret()
    {
        var endpoint = await CreateAsync("""{"url":"https://example.com/","signature":{"style":"stripe"},"secret":"whsec_anything goes"}""");

        Assert.Equal("Stripe-Signature", endpoint.Body.GetProperty("signature").GetProperty("header").GetString());
        Assert.Equal("{timestamp}.{body}", endpoint.Body.GetProperty("signature").GetProperty("content").GetString());
    }

    [Fact]
    public async Task Of_a_declared_scheme_with_a_private_key_the_public_key_is_shown_and_nothing_makes_it_show_more()
    {
        // RFC 8032, 7.1, test 1.
        const string Seed = "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60";
        const string Public = "whpk_11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=";
        var path = await host.NewEndpointAsync("https://example.com/", $$"""
            "signature":{"style":"scheme","header":"X","algorithm":"ed25519","keyEncoding":"hex"},"secret":"{{Seed}}"
            """);

        var shown = await host.CallAsync("GET", path + "/secret");
        var rotated = await host.CallAsync("POST", path + "/secret/rotate", """{"secret":"4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb"}""");
        var changed = await host.CallAsync("PATCH", path, """{"signature":{"style":"scheme","header":"X","algorithm":"hmacSha256"}}""");
        var preset = await host.CallAsync("PATCH", path, """{"signature":{"style":"github"}}""");

        Assert.Equal(Public, shown.Body.GetProperty("secrets")[0].GetProperty("secret").GetString());
        Assert.Equal(["whpk_PUAXw+hDiVqStwqnTRt+vJyYLM8uxJaMwM1V8Sr0Zgw=", Public],
            rotated.Body.GetProperty("secrets").EnumerateArray().Select(static one => one.GetProperty("secret").GetString()));
        Assert.Equal([HttpStatusCode.UnprocessableEntity, HttpStatusCode.UnprocessableEntity], [changed.Status, preset.Status]);
        foreach (var text in new[] { shown.Text, rotated.Text, changed.Text, preset.Text, (await host.CallAsync("GET", path + "/secret")).Text, (await host.CallAsync("GET", path)).Text })
            Assert.DoesNotContain(Seed, text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_private_key_of_Standard_Webhooks_becomes_no_secret_to_share()
    {
        var key = WebhookKey.CreatePrivateKey();
        var path = await host.NewEndpointAsync("https://example.com/", $"\"secret\":\"{key.Export()}\"");

        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await host.CallAsync("PATCH", path, """{"signature":{"style":"stripe"}}""")).Status);
        Assert.Equal(key.VerificationKey.Export(), (await host.CallAsync("GET", path + "/secret")).Body.GetProperty("secrets")[0].GetProperty("secret").GetString());
        await host.CallAsync("POST", path + "/secret/rotate", $$"""{"secret":"{{WebhookKey.CreateSecret().Export()}}","overlap":0}""");
        Assert.Equal(HttpStatusCode.OK, (await host.CallAsync("PATCH", path, """{"signature":{"style":"stripe"}}""")).Status);
    }

    [Fact]
    public async Task The_limit_of_endpoints_holds_however_many_are_made_at_once()
    {
        var path = $"applications/{await host.NewApplicationAsync()}/endpoints";

        var replies = await Task.WhenAll(Enumerable.Range(0, 40).Select(_ => host.CallAsync("POST", path, """{"url":"https://example.com/"}""")));

        Assert.Equal((20, 20), (replies.Count(static reply => reply.Status is HttpStatusCode.Created), replies.Count(static reply => reply.Body.TryGetProperty("code", out var code) && code.GetString() == "too_many_endpoints")));
        Assert.Equal(20, (await host.CallAsync("GET", path)).Body.GetProperty("data").GetArrayLength());
    }

    [Fact]
    public async Task There_is_a_limit_of_endpoints()
    {
        var application = await host.NewApplicationAsync();
        for (var index = 0; index < 20; index++)
            Assert.Equal(HttpStatusCode.Created, (await host.CallAsync("POST", $"applications/{application}/endpoints", """{"url":"https://example.com/"}""")).Status);

        Assert.Equal("too_many_endpoints", (await host.CallAsync("POST", $"applications/{application}/endpoints", """{"url":"https://example.com/"}"""))["code"]);
    }

    private async Task<ApiReply> CreateAsync(string body)
    {
        var reply = await host.CallAsync("POST", $"applications/{await host.NewApplicationAsync()}/endpoints", body);
        Assert.Equal(HttpStatusCode.Created, reply.Status);
        return reply;
    }
}
