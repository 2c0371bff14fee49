using System.Net;
using Parley.Webhooks.Tests.Support;

namespace Parley.Webhooks.Tests.Api;

public sealed class ApplicationApiTests(ApiHost host) : IClassFixture<ApiHost>
{
    [Fact]
    public async Task An_application_is_made_read_changed_and_removed()
    {
        var made = await host.CallAsync("POST", "applications", """{"uid":"acme","name":"Acme","metadata":{"plan":"pro"}}""");
        Assert.Equal(HttpStatusCode.Created, made.Status);
        Assert.StartsWith("app_", made["id"], StringComparison.Ordinal);

        foreach (var name in new[] { made["id"], "acme" })
            Assert.Equal("Acme", (await host.CallAsync("GET", $"applications/{name}"))["name"]);
        var changed = await host.CallAsync("PATCH", "applications/acme", """{"name":"Acme Ltd"}""");
        Assert.Equal(("Acme Ltd", "acme", """{"plan":"pro"}"""), (changed["name"], changed["uid"], changed["metadata"]));

        Assert.Equal(HttpStatusCode.NoContent, (await host.CallAsync("DELETE", "applications/acme")).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await host.CallAsync("GET", "applications/acme")).Status);
    }

    [Fact]
    public async Task A_uid_is_given_once_and_a_put_makes_or_changes()
    {
        Assert.Equal(HttpStatusCode.Created, (await host.CallAsync("PUT", "applications/put-1", """{"name":"one"}""")).Status);
        var second = await host.CallAsync("PUT", "applications/put-1", """{"name":"two"}""");
        Assert.Equal((HttpStatusCode.OK, "two"), (second.Status, second["name"]));

        var taken = await host.CallAsync("POST", "applications", """{"uid":"put-1"}""");
        Assert.Equal((HttpStatusCode.Conflict, "uid_taken"), (taken.Status, taken["code"]));
    }

    [Fact]
    public async Task A_uid_has_no_character_that_a_database_cannot_store()
    {
        var reply = await host.CallAsync("POST", "applications", """{"uid":"a\u0000b"}""");

        Assert.Equal((HttpStatusCode.UnprocessableEntity, "/uid: must not have the character U+0000."), (reply.Status, reply["detail"]));
    }

    [Fact]
    public async Task Lists_have_pages()
    {
        var made = new List<string>();
        for (var index = 0; index < 3; index++)
            made.Add(await host.NewApplicationAsync());

        var seen = new List<string>();
        string? cursor = null;
        do
        {
            var page = await host.CallAsync("GET", $"applications?limit=2{(cursor is null ? "" : $"&cursor={cursor}")}");
            Assert.InRange(page.Body.GetProperty("data").GetArrayLength(), 1, 2);
            seen.AddRange(page.Body.GetProperty("data").EnumerateArray().Select(static one => one.GetProperty("id").GetString()!));
            cursor = page["next"];
        }
        while (cursor is not null);

        Assert.Equal(made, seen.Where(made.Contains));
        Assert.Equal(seen.Count, seen.Distinct().Count());
    }

    [Fact]
    public async Task An_application_has_so_many_messages_a_second_accepted_and_is_told_when_to_go_on()
    {
        Assert.Equal(2, (await host.CallAsync("PUT", "applications/limited", """{"rateLimit":2}""")).Body.GetProperty("rateLimit").GetInt32());
        const string Message = """{"eventType":"a.b","payload":{}}""";
        ApiReply reply;
        var accepted = 0;
        while ((reply = await host.CallAsync("POST", "applications/limited/messages", Message)).Status == HttpStatusCode.Accepted)
            accepted++;

        Assert.InRange(accepted, 2, 100);
        Assert.Equal((HttpStatusCode.TooManyRequests, "too_many_requests"), (reply.Status, reply["code"]));
        Assert.Equal("1", reply.RetryAfter);
        Assert.Equal(HttpStatusCode.OK, (await host.CallAsync("PATCH", "applications/limited", """{"rateLimit":null}""")).Status);
        Assert.Equal(HttpStatusCode.Accepted, (await host.CallAsync("POST", "applications/limited/messages", Message)).Status);
    }

    [Theory]
    [InlineData("POST", "applications", """{"rateLimit":0}""", 422, "invalid")]
    [InlineData("POST", "applications", "{", 400, "invalid_json")]
    [InlineData("POST", "applications", "[]", 400, "invalid_json")]
    [InlineData("POST", "applications", "null", 400, "invalid_json")]
    [InlineData("POST", "applications", """{"nmae":"x"}""", 400, "invalid_json")]
    [InlineData("POST", "applications", """{"name":1}""", 400, "invalid_json")]
    [InlineData("POST", "applications", """{"name":"a","name":"b"}""", 400, "invalid_json")]
    [InlineData("POST", "applications", """{"uid":""}""", 422, "invalid")]
    [InlineData("POST", "applications", """{"uid":"a/b"}""", 422, "invalid")]
    [InlineData("GET", "applications?limit=0", null, 422, "invalid")]
    [InlineData("GET", "applications?limit=x", null, 422, "invalid")]
    [InlineData("GET", "applications?cursor=x", null, 422, "invalid")]
    [InlineData("GET", "applications/nobody", null, 404, "not_found")]
    [InlineData("GET", "applications/app_00000000000000000000000000", null, 404, "not_found")]
    [InlineData("PUT", "event-types/not%20a%20name", "{}", 422, "invalid")]
    [InlineData("PUT", "event-types/order.created", """{"name":"other"}""", 422, "invalid")]
    public async Task What_is_wrong_is_told_as_problem_details(string method, string path, string? body, int status, string code)
    {
        var reply = await host.CallAsync(method, path, body);

        Assert.Equal(((HttpStatusCode)status, code, "application/problem+json"), (reply.Status, reply["code"], reply.Type));
        Assert.NotEmpty(reply["detail"]!);
        Assert.DoesNotContain("Parley.", reply.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("System.", reply.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Only_JSON_is_taken_so_that_no_other_sites_page_can_send_it()
    {
        foreach (var type in new[] { "text/plain", "application/x-www-form-urlencoded" })
            Assert.Equal(HttpStatusCode.UnsupportedMediaType, (await host.CallAsync("POST", "applications", "{}", type: type)).Status);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("wrong")]
    [InlineData("pwk_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")]
    public async Task A_stranger_gets_nothing(string? key)
    {
        foreach (var (method, path) in new[] { ("GET", "applications"), ("GET", "event-types"), ("POST", "applications"), ("GET", "applications/acme/endpoints") })
        {
            var reply = await host.CallAsync(method, path, method == "POST" ? "{}" : null, key);
            Assert.Equal((HttpStatusCode.Unauthorized, "unauthorized"), (reply.Status, reply["code"]));
        }
    }

    [Fact]
    public async Task An_event_type_is_made_read_changed_and_removed()
    {
        var made = await host.CallAsync("POST", "event-types", """{"name":"invoice.paid","description":"Paid","example":{"amount":700}}""");
        Assert.Equal((HttpStatusCode.Created, """{"amount":700}"""), (made.Status, made["example"]));
        Assert.Equal(HttpStatusCode.Conflict, (await host.CallAsync("POST", "event-types", """{"name":"invoice.paid"}""")).Status);
        Assert.Equal("True", (await host.CallAsync("PUT", "event-types/invoice.paid", """{"deprecated":true}"""))["deprecated"]);
        Assert.Contains("invoice.paid", (await host.CallAsync("GET", "event-types")).Text, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.NoContent, (await host.CallAsync("DELETE", "event-types/invoice.paid")).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await host.CallAsync("GET", "event-types/invoice.paid")).Status);
    }
}
