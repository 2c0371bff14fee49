using System.Net;
using System.Text;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using Parley.Webhooks.Api.OpenApi;
using Parley.Webhooks.Catalog;
using Parley.Webhooks.Retention;
using Parley.Webhooks.Storage;
using Parley.Webhooks.Tests.Support;
using Parley.Webhooks.Transformations;

namespace Parley.Webhooks.Tests.Api.Idempotency;

/// <summary>What an Idempotency-Key does for every kind of POST.</summary>
public sealed class IdempotencyTests : IAsyncLifetime
{
    private readonly FakeTimeProvider _time = new(DateTimeOffset.UtcNow);
    private readonly ScriptedTransformer _transformer = new();
    private ApiHost _host = null!;
    private Receiver _receiver = null!;

    public static TheoryData<string> Kinds => [.. PostKinds.Routes.Keys];

    public async ValueTask InitializeAsync()
    {
        _host = await ApiHost.StartAsync(addServices: services => services.AddSingleton<ITransformer>(_transformer).AddSingleton<TimeProvider>(_time));
        _receiver = await Receiver.StartAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await _host.DisposeAsync();
        await _receiver.DisposeAsync();
    }

    [Fact]
    public void Every_POST_is_one_of_these_kinds()
    {
        var posts = _host.Services.GetRequiredService<EndpointDataSource>().Endpoints.Select(static endpoint => endpoint.Metadata.GetMetadata<ApiRoute>()).OfType<ApiRoute>()
            .Where(static route => route.Method == "POST").Select(static route => route.Pattern);

        Assert.Equal(posts.Order(StringComparer.Ordinal), PostKinds.Routes.Values.Append("/applications/{application}/messages").Order(StringComparer.Ordinal));
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task The_same_call_again_is_answered_as_the_first_time_and_not_made_again(string kind)
    {
        var post = await PostKinds.PrepareAsync(kind, _host, _receiver);

        var first = await post.SendAsync(_host);
        var before = await StateAsync();
        var again = await post.SendAsync(_host);

        Assert.InRange((int)first.Status, 200, 299);
        Assert.Equal((first.Status, first.Type, first.Text, false, true), (again.Status, again.Type, again.Text, first.IsReplayed, again.IsReplayed));
        Assert.Equal(before, await StateAsync());
        if (kind is not ("verification" or "test" or "retry"))
            return;
        await _receiver.NextAsync();
        Assert.Equal(0, _receiver.Waiting);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task Another_call_with_the_key_is_refused_and_changes_nothing(string kind)
    {
        var post = await PostKinds.PrepareAsync(kind, _host, _receiver);
        await post.SendAsync(_host);
        var before = await StateAsync();

        var byBody = await (post with { Body = post.Body + " " }).SendAsync(_host);
        var byAddress = await (post with { Path = post.Path + "?x" }).SendAsync(_host);

        Assert.Equal((HttpStatusCode.UnprocessableEntity, "idempotency_key_reused"), (byBody.Status, byBody["code"]));
        Assert.Equal((HttpStatusCode.UnprocessableEntity, "idempotency_key_reused"), (byAddress.Status, byAddress["code"]));
        Assert.Equal(before, await StateAsync());
        Assert.True((await post.SendAsync(_host)).IsReplayed);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task Another_key_or_none_makes_another_call(string kind)
    {
        var post = await PostKinds.PrepareAsync(kind, _host, _receiver);
        await post.SendAsync(_host);

        Assert.False((await post.SendAsync(_host, "another")).IsReplayed);
        Assert.False((await post.SendAsync(_host, null)).IsReplayed);
    }

    [Theory]
    [InlineData("application")]
    [InlineData("key")]
    [InlineData("event type")]
    [InlineData("endpoint")]
    [InlineData("rotation")]
    [InlineData("replay")]
    [InlineData("cancelled replay")]
    public async Task Of_many_equal_calls_at_once_one_is_made_and_all_have_its_answer(string kind)
    {
        var post = await PostKinds.PrepareAsync(kind, _host, _receiver);
        var before = (await StateAsync()).Count;

        var replies = await Task.WhenAll(Enumerable.Range(0, 16).Select(_ => post.SendAsync(_host)));

        var (status, text) = Assert.Single(replies.Select(static reply => (reply.Status, reply.Text)).Distinct());
        Assert.True((int)status is >= 200 and < 300, text);
        // One that finds it cancelled already has nothing to do, and the same to say.
        if (kind is not "cancelled replay")
            Assert.Single(replies, static reply => !reply.IsReplayed);
        Assert.Equal(before + (kind is "rotation" or "cancelled replay" ? 0 : 1), (await StateAsync()).Count);
        if (kind is "rotation")
            Assert.Equal(2, replies[0].Body.GetProperty("secrets").GetArrayLength());
    }

    [Theory]
    [InlineData("")]
    [InlineData("two words")]
    [InlineData("one,\ttwo")]
    [InlineData("too long")]
    [InlineData("two")]
    public async Task A_key_that_is_none_is_refused(string key)
    {
        string[] keys = key switch { "too long" => [new string('k', 257)], "two" => ["a", "b"], _ => [key] };
        var application = await _host.NewApplicationAsync();
        foreach (var (path, body) in new[] { ("applications", "{}"), ($"applications/{application}/messages", """{"eventType":"a","payload":{}}""") })
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = new StringContent(body, Encoding.UTF8, "application/json") };
            request.Headers.Add("X-API-Key", ApiHost.OperatorKey);
            foreach (var one in keys)
                request.Headers.TryAddWithoutValidation("Idempotency-Key", one);

            using var response = await _host.Client.SendAsync(request);

            Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
            Assert.Contains("invalid_idempotency_key", await response.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task The_longest_key_of_odd_characters_is_one() =>
        Assert.Equal(HttpStatusCode.Created, (await new Post("applications", "{}").SendAsync(_host, "\"!~" + new string('k', 253))).Status);

    [Theory]
    [InlineData("rotation")]
    [InlineData("test")]
    public async Task A_restart_changes_nothing_and_nobody_reads_the_answer_in_the_store(string kind)
    {
        var post = await PostKinds.PrepareAsync(kind, _host, _receiver);
        var first = await post.SendAsync(_host);

        await _host.RestartAsync();
        var again = await post.SendAsync(_host);

        Assert.Equal((first.Text, true), (again.Text, again.IsReplayed));
        if (kind is "rotation")
            Assert.DoesNotContain(first.Body.GetProperty("secrets")[0].GetProperty("secret").GetString()!, _host.ReadDatabase(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_answer_is_known_for_a_day()
    {
        var post = new Post("applications", "{}");
        var first = await post.SendAsync(_host);
        _time.Advance(TimeSpan.FromHours(23.9));
        await _host.Services.GetRequiredService<RetentionJob>().RunAsync(CancellationToken.None);
        Assert.Equal(first["id"], (await post.SendAsync(_host))["id"]);

        _time.Advance(TimeSpan.FromHours(0.2));
        await _host.Services.GetRequiredService<RetentionJob>().RunAsync(CancellationToken.None);

        var later = await post.SendAsync(_host);
        Assert.Equal((HttpStatusCode.Created, false), (later.Status, later.IsReplayed));
        Assert.NotEqual(first["id"], later["id"]);
    }

    [Fact]
    public async Task What_is_refused_is_not_kept()
    {
        var application = $"applications/{await _host.NewApplicationAsync()}";
        var create = new Post(application + "/endpoints", """{"uid":"crm","url":"https://example.com/"}""");
        await create.SendAsync(_host, null);
        Assert.Equal("uid_taken", (await create.SendAsync(_host))["code"]);
        var test = new Post(application + "/endpoints/crm/test", "[]");
        Assert.Equal("invalid_json", (await test.SendAsync(_host))["code"]);
        Assert.Empty(await RecordsAsync());

        await _host.CallAsync("DELETE", application + "/endpoints/crm");

        var created = await create.SendAsync(_host);
        Assert.Equal((HttpStatusCode.Created, false), (created.Status, created.IsReplayed));
        Assert.Equal(HttpStatusCode.OK, (await (test with { Body = "{}" }).SendAsync(_host)).Status);
    }

    [Fact]
    public async Task What_stands_in_the_way_after_the_first_call_does_not_of_the_second()
    {
        var application = $"applications/{await _host.NewApplicationAsync()}";
        for (var index = 0; index < 19; index++)
            await new Post(application + "/endpoints", """{"url":"https://example.com/"}""").SendAsync(_host, null);
        var last = new Post(application + "/endpoints", """{"uid":"last","url":"https://example.com/"}""");
        var first = await last.SendAsync(_host);

        var full = await last.SendAsync(_host);
        await _host.CallAsync("DELETE", $"{application}/endpoints/last");
        var gone = await last.SendAsync(_host);

        Assert.Equal([(first.Text, true), (first.Text, true)], [(full.Text, full.IsReplayed), (gone.Text, gone.IsReplayed)]);
    }

    [Fact]
    public async Task Keys_of_one_caller_say_nothing_to_another()
    {
        var (one, other) = (await _host.NewApplicationAsync(), await _host.NewApplicationAsync());
        var rotations = new List<ApiReply>();
        foreach (var application in new[] { one, other })
        {
            var apiKey = (await _host.CallAsync("POST", $"applications/{application}/keys", "{}"))["key"]!;
            await _host.CallAsync("POST", $"applications/{application}/endpoints", """{"uid":"crm","url":"https://example.com/"}""");
            var rotate = new Post($"applications/{application}/endpoints/crm/secret/rotate", "{}");
            rotations.Add(await rotate.SendAsync(_host));
            rotations.Add(await rotate.SendAsync(_host, apiKey: apiKey));
            Assert.True((await rotate.SendAsync(_host, apiKey: apiKey)).IsReplayed);
        }

        Assert.All(rotations, static reply => Assert.Equal((HttpStatusCode.OK, false), (reply.Status, reply.IsReplayed)));
        Assert.Equal(4, rotations.Select(static reply => reply.Text).Distinct().Count());
    }

    [Fact]
    public async Task What_belonged_to_a_removed_application_is_gone_with_it()
    {
        await _host.CallAsync("PUT", "applications/acme", "{}");
        var post = new Post("applications/acme/keys", "{}");
        await post.SendAsync(_host);

        await _host.CallAsync("DELETE", "applications/acme");

        Assert.Equal(HttpStatusCode.NotFound, (await post.SendAsync(_host)).Status);
        Assert.Empty(await RecordsAsync());
        await _host.CallAsync("PUT", "applications/acme", "{}");
        Assert.False((await post.SendAsync(_host)).IsReplayed);
    }

    [Fact]
    public async Task An_answer_of_more_than_a_mebibyte_is_not_kept()
    {
        var post = await PostKinds.PrepareAsync("simulation", _host, _receiver);
        _transformer.Result = new TransformationResult.Changed("https://example.com/", "POST", new Dictionary<string, string>(), Encoding.UTF8.GetBytes(new string('x', 2_000_000)), IsRawBody: true);

        var (first, again) = (await post.SendAsync(_host), await post.SendAsync(_host));

        Assert.Equal((HttpStatusCode.OK, first.Text, false), (again.Status, again.Text, again.IsReplayed));
        Assert.Empty(await RecordsAsync());
    }

    private async Task<IReadOnlyList<Resource>> RecordsAsync() => await _host.Store.ListAllAsync(ResourceKind.Idempotency, Guid.Empty, 100);

    /// <summary>All that there is, but for records. Of endpoints also what they have become.</summary>
    private async Task<List<(ResourceKind Kind, Guid Id, int Secrets)>> StateAsync()
    {
        var all = new List<(ResourceKind, Guid, int)>();
        foreach (var kind in Enum.GetValues<ResourceKind>().Where(static kind => kind is not ResourceKind.Idempotency))
        {
            await foreach (var resource in _host.Store.EveryAsync(kind))
                all.Add((kind, resource.Id, kind is ResourceKind.Endpoint ? resource.ToEndpoint().Secrets.Count : 0));
        }

        return all;
    }
}
