using System.Net;
using Parley.Webhooks.Tests.Support;

namespace Parley.Webhooks.Tests.Api;

/// <summary>What the key of an application opens: that application, and nothing else.</summary>
public sealed class KeyApiTests(ApiHost host) : IClassFixture<ApiHost>
{
    [Fact]
    public async Task A_key_opens_its_application_until_it_is_removed()
    {
        var application = await host.NewApplicationAsync();
        var made = await host.CallAsync("POST", $"applications/{application}/keys", """{"name":"portal"}""");
        var key = made["key"]!;

        Assert.Equal(HttpStatusCode.OK, (await host.CallAsync("GET", $"applications/{application}", key: key)).Status);
        Assert.Equal(HttpStatusCode.OK, (await host.CallAsync("GET", "event-types", key: key)).Status);
        Assert.Equal(HttpStatusCode.Created, (await host.CallAsync("POST", $"applications/{application}/endpoints", """{"url":"https://example.com/"}""", key)).Status);
        Assert.DoesNotContain(key, (await host.CallAsync("GET", $"applications/{application}/keys")).Text, StringComparison.Ordinal);

        await host.CallAsync("DELETE", $"applications/{application}/keys/{made["id"]}");
        Assert.Equal(HttpStatusCode.Unauthorized, (await host.CallAsync("GET", $"applications/{application}", key: key)).Status);
    }

    [Fact]
    public async Task Keys_are_listed_in_pages_and_removed_below_their_own_application_only()
    {
        var (application, other) = (await host.NewApplicationAsync(), await host.NewApplicationAsync());
        var made = new List<string?>();
        for (var index = 0; index < 3; index++)
        {
            made.Add((await host.CallAsync("POST", $"applications/{application}/keys", "{}"))["id"]);
            await host.CallAsync("POST", $"applications/{other}/keys", "{}");
        }

        var first = await host.CallAsync("GET", $"applications/{application}/keys?limit=2");
        var second = await host.CallAsync("GET", $"applications/{application}/keys?limit=2&cursor={first["next"]}");

        Assert.Equal(made.Take(2), IdsOf(first));
        Assert.Equal((made[1], null), (first["next"], second["next"]));
        Assert.Equal(made.Skip(2), IdsOf(second));
        Assert.Equal(422, (int)(await host.CallAsync("GET", $"applications/{application}/keys?limit=0")).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await host.CallAsync("DELETE", $"applications/{other}/keys/{made[0]}")).Status);
        Assert.Equal(made, IdsOf(await host.CallAsync("GET", $"applications/{application}/keys")));

        static IEnumerable<string?> IdsOf(ApiReply reply) => reply.Body.GetProperty("data").EnumerateArray().Select(static key => key.GetProperty("id").GetString());
    }

    [Fact]
    public async Task Anothers_application_is_as_one_that_does_not_exist()
    {
        var (own, other) = (await host.NewApplicationAsync(), await host.NewApplicationAsync());
        var key = (await host.CallAsync("POST", $"applications/{own}/keys", "{}"))["key"];
        var endpoint = (await host.CallAsync("POST", $"applications/{other}/endpoints", """{"url":"https://example.com/"}"""))["id"];
        var message = (await host.CallAsync("POST", $"applications/{other}/messages", """{"eventType":"a","payload":{}}"""))["id"];
        var delivery = (await host.CallAsync("GET", $"applications/{other}/messages/{message}/deliveries")).Body.GetProperty("data")[0].GetProperty("id").GetString();

        foreach (var (method, path) in new[]
        {
            ("GET", ""), ("GET", "/endpoints"), ("POST", "/endpoints"), ("GET", $"/endpoints/{endpoint}"), ("PATCH", $"/endpoints/{endpoint}"),
            ("DELETE", $"/endpoints/{endpoint}"), ("GET", $"/endpoints/{endpoint}/secret"), ("POST", $"/endpoints/{endpoint}/secret/rotate"),
            ("GET", $"/endpoints/{endpoint}/deliveries"), ("POST", "/messages"), ("GET", "/messages"), ("GET", $"/messages/{message}"),
            ("GET", $"/messages/{message}/deliveries"), ("GET", $"/deliveries/{delivery}"), ("GET", $"/deliveries/{delivery}/attempts"),
            ("POST", $"/deliveries/{delivery}/retry"),
        })
        {
            var body = method is "POST" or "PATCH" ? "{}" : null;
            var existing = await host.CallAsync(method, $"applications/{other}{path}", body, key);
            var missing = await host.CallAsync(method, $"applications/app_00000000000000000000000000{path}", body, key);
            Assert.Equal((HttpStatusCode.NotFound, missing.Text), (existing.Status, existing.Text));

            // Nor by way of the own application.
            if (path.Contains('_', StringComparison.Ordinal))
                Assert.Equal(HttpStatusCode.NotFound, (await host.CallAsync(method, $"applications/{own}{path}", body, key)).Status);
        }
    }

    [Fact]
    public async Task What_concerns_all_is_for_operators()
    {
        var application = await host.NewApplicationAsync();
        var key = (await host.CallAsync("POST", $"applications/{application}/keys", "{}"))["key"];

        foreach (var (method, path) in new[]
        {
            ("GET", "applications"), ("POST", "applications"), ("PUT", "applications/new"), ("PATCH", $"applications/{application}"),
            ("DELETE", $"applications/{application}"), ("POST", $"applications/{application}/keys"), ("GET", $"applications/{application}/keys"),
            ("DELETE", $"applications/{application}/keys/key_00000000000000000000000000"), ("POST", "event-types"), ("PUT", "event-types/a"), ("DELETE", "event-types/a"),
        })
        {
            var reply = await host.CallAsync(method, path, method is "GET" or "DELETE" ? null : "{}", key);
            Assert.Equal((HttpStatusCode.Forbidden, "forbidden"), (reply.Status, reply["code"]));
        }
    }

    [Theory]
    [InlineData("GET", "applications", null)]
    [InlineData("GET", "applications/acme/messages", "wrong-key-wrong-key-wrong")]
    [InlineData("POST", "applications", "pwk_unknown")]
    [InlineData("PATCH", "applications/acme", "")]
    [InlineData("DELETE", "applications/acme/endpoints/crm", "pwk_")]
    public async Task A_stranger_is_told_how_to_say_who_it_is(string method, string path, string? key)
    {
        var reply = await host.CallAsync(method, path, method is "POST" or "PATCH" ? "{}" : null, key, idempotencyKey: "k");

        Assert.Equal((HttpStatusCode.Unauthorized, "unauthorized", "Bearer realm=\"Parley webhooks\", apikey realm=\"Parley webhooks\""),
            (reply.Status, reply["code"], reply.Challenge));
    }

    [Fact]
    public async Task A_removed_application_takes_its_keys_along()
    {
        var application = await host.NewApplicationAsync();
        var key = (await host.CallAsync("POST", $"applications/{application}/keys", "{}"))["key"];

        await host.CallAsync("DELETE", $"applications/{application}");

        Assert.Equal(HttpStatusCode.Unauthorized, (await host.CallAsync("GET", "event-types", key: key)).Status);
    }
}
