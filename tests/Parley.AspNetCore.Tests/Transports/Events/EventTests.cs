using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using Parley.AspNetCore.Tests.Authentication;
using Parley.AspNetCore.Tests.Transports.Streams;

namespace Parley.AspNetCore.Tests.Transports.Events;

/// <summary>Plain events, read as a browser's EventSource reads them.</summary>
public sealed class EventTests
{
    [Fact]
    public async Task Client_IsToldOfItsSubscription_AndGetsPublications()
    {
        await using var host = await StreamHost.StartAsync();
        using var client = await OpenAsync(host, "?channel=chat");

        Assert.Equal(HttpStatusCode.OK, client.Stream.Response.StatusCode);
        Assert.Equal("text/event-stream; charset=utf-8", client.Stream.Response.Content.Headers.ContentType!.ToString());
        var subscribed = await client.NextAsync();
        Assert.Equal(("subscribed", """{"channel":"chat","recoverable":true}"""), (subscribed.Name, subscribed.Data));
        await host.Parley.PublishAsync("chat", Encoding.UTF8.GetBytes("{\n\"text\" : \"hi\"\r\n}"));

        var message = await client.NextAsync();
        Assert.Equal("message", message.Name);
        Assert.StartsWith("chat=1.", message.Id, StringComparison.Ordinal);
        Assert.Equal("hi", JsonNode.Parse(message.Data)!["data"]!["text"]!.GetValue<string>());
        Assert.InRange(client.Retry, 1000, 5000);
    }

    [Fact]
    public async Task LastEventId_ResumesEveryChannelExactly()
    {
        await using var host = await StreamHost.StartAsync();
        string id;
        using (var client = await OpenAsync(host, "?channel=a&channel=b%3D1%25.c"))
        {
            await client.NextAsync();
            await client.NextAsync();
            await PublishAsync(host, "a", 1);
            await PublishAsync(host, "b=1%.c", 2);
            await client.NextAsync();
            id = (await client.NextAsync()).Id;
        }

        await PublishAsync(host, "a", 3);
        await PublishAsync(host, "b=1%.c", 4);
        await PublishAsync(host, "a", 5);
        using var again = await OpenAsync(host, "?channel=a&channel=b%3D1%25.c", ("Last-Event-ID", id));
        var events = new List<TestEvent>();
        for (var i = 0; i < 5; i++)
            events.Add(await again.NextAsync());

        Assert.All(events.Where(static one => one.Name == "subscribed"), static one => Assert.True(JsonNode.Parse(one.Data)!["recovered"]!.GetValue<bool>()));
        Assert.Equal([3, 5], Numbers(events, "a"));
        Assert.Equal([4], Numbers(events, "b=1%.c"));
        Assert.Contains("a=3.", events[^1].Id, StringComparison.Ordinal);
        Assert.Contains("b%3D1%25.c=2.", events[^1].Id, StringComparison.Ordinal);
    }

    [Fact]
    public async Task CutInTheMiddleOfAResume_AtAnyEvent_LosesNothing()
    {
        await using var host = await StreamHost.StartAsync();
        string id;
        using (var client = await OpenAsync(host, "?channel=a&channel=b"))
        {
            await client.NextAsync();
            id = (await client.NextAsync()).Id;
        }

        foreach (var number in new[] { 1, 2, 3 })
        {
            await PublishAsync(host, "a", number);
            await PublishAsync(host, "b", number);
        }

        // 8 events: 2 subscriptions and 6 publications.
        for (var cut = 1; cut <= 8; cut++)
        {
            var events = new List<TestEvent>();
            using (var client = await OpenAsync(host, "?channel=a&channel=b", ("Last-Event-ID", id)))
            {
                for (var i = 0; i < cut; i++)
                    events.Add(await client.NextAsync());
            }

            using var again = await OpenAsync(host, "?channel=a&channel=b", ("Last-Event-ID", events[^1].Id));
            while (Numbers(events, "a").Count() + Numbers(events, "b").Count() < 6)
                events.Add(await again.NextAsync());

            Assert.Equal([1, 2, 3], Numbers(events, "a"));
            Assert.Equal([1, 2, 3], Numbers(events, "b"));
        }
    }

    [Fact]
    public async Task ChannelWithoutRecovery_HasNoIds()
    {
        await using var host = await StreamHost.StartAsync(static options => options.Channels.Default.ForceRecovery = false);
        using var client = await OpenAsync(host, "?channel=chat");
        await client.NextAsync();

        await PublishAsync(host, "chat", 1);

        Assert.Equal("", (await client.NextAsync()).Id);
    }

    [Fact]
    public async Task ChannelThatAllowsRecovery_IsResumedWithoutBeingAskedFor()
    {
        await using var host = await StreamHost.StartAsync(static options =>
        {
            options.Channels.Default.ForceRecovery = false;
            options.Channels.Default.AllowRecovery = true;
        });
        string id;
        using (var client = await OpenAsync(host, "?channel=chat"))
            id = (await client.NextAsync()).Id;
        await PublishAsync(host, "chat", 1);

        using var again = await OpenAsync(host, "?channel=chat", ("Last-Event-ID", id));

        Assert.True(JsonNode.Parse((await again.NextAsync()).Data)!["recovered"]!.GetValue<bool>());
        Assert.Equal(1, JsonNode.Parse((await again.NextAsync()).Data)!["data"]!.GetValue<int>());
    }

    [Fact]
    public async Task FullServer_MakesAnEventSourceComeBack_AndTellsOthersByStatus()
    {
        await using var host = await StreamHost.StartAsync(static options => options.Clients.MaxConnections = 1);
        using var first = await OpenAsync(host, "?channel=chat");
        await first.NextAsync();

        using var browser = await OpenAsync(host, "?channel=chat", ("Accept", "text/event-stream"));
        using var other = await OpenAsync(host, "?channel=chat");

        Assert.Equal(HttpStatusCode.OK, browser.Stream.Response.StatusCode);
        Assert.Equal("", await browser.Stream.LineAsync());
        Assert.Matches(@"^retry: [1-5]\d{3}$", await browser.Stream.LineAsync());
        Assert.Equal("", await browser.Stream.LineAsync());
        Assert.Null(await browser.Stream.LineAsync());
        Assert.Equal(HttpStatusCode.ServiceUnavailable, other.Stream.Response.StatusCode);
    }

    [Fact]
    public async Task LostPosition_IsTold()
    {
        await using var host = await StreamHost.StartAsync();
        await PublishAsync(host, "chat", 1);
        using var client = await OpenAsync(host, "?channel=chat&last_event_id=chat%3D0.another");

        Assert.Equal("""{"channel":"chat","recoverable":true,"wasRecovering":true,"recovered":false}""", (await client.NextAsync()).Data);
    }

    [Fact]
    public async Task IdAfterSubscribing_IsEnoughToResume()
    {
        await using var host = await StreamHost.StartAsync();
        await PublishAsync(host, "chat", 1);
        string id;
        using (var client = await OpenAsync(host, "?channel=chat"))
            id = (await client.NextAsync()).Id;
        await PublishAsync(host, "chat", 2);

        using var again = await OpenAsync(host, "?channel=chat", ("Last-Event-ID", id));

        await again.NextAsync();
        Assert.Equal(2, JsonNode.Parse((await again.NextAsync()).Data)!["data"]!.GetValue<int>());
    }

    [Fact]
    public async Task Unsubscribed_IsToldAndLeavesTheId()
    {
        await using var host = await StreamHost.StartAsync();
        using var client = await OpenAsync(host, "?channel=a&channel=b", (StreamHost.UserHeader, "ann"));
        await client.NextAsync();
        await client.NextAsync();

        await host.Parley.UnsubscribeAsync(new SessionSelector("ann"), "a");
        await PublishAsync(host, "b", 1);

        var unsubscribed = await client.NextAsync();
        Assert.Equal("unsubscribed", unsubscribed.Name);
        Assert.Equal("a", JsonNode.Parse(unsubscribed.Data)!["channel"]!.GetValue<string>());
        Assert.DoesNotContain("a=", unsubscribed.Id, StringComparison.Ordinal);
        Assert.StartsWith("b=1.", (await client.NextAsync()).Id, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Disconnect_IsTheLastEvent()
    {
        await using var host = await StreamHost.StartAsync();
        using var client = await OpenAsync(host, "?channel=chat", (StreamHost.UserHeader, "ann"));
        await client.NextAsync();

        await host.Parley.DisconnectAsync(new SessionSelector("ann"));

        var last = await client.NextAsync();
        Assert.Equal(("disconnect", """{"code":3503,"reason":"force disconnect"}"""), (last.Name, last.Data));
        Assert.Null(await client.Stream.LineAsync());
    }

    [Fact]
    public async Task QuietStream_CarriesComments()
    {
        await using var host = await StreamHost.StartAsync();
        using var client = await OpenAsync(host, "?channel=chat");
        await client.NextAsync();

        for (var i = 0; i < 3; i++)
        {
            host.LetPass(seconds: 25);
            Assert.Equal(":", await client.Stream.LineAsync());
            Assert.Equal("", await client.Stream.LineAsync());
        }
    }

    [Fact]
    public async Task Token_ComesByHeader_AndByAddressOnlyWhereThatIsAllowed()
    {
        var token = Jwt.Sign("""{"sub":"ann","channels":["#ann"]}""");
        await using var strict = await StreamHost.StartAsync(static options => options.Tokens.HmacSecret = Jwt.Secret);
        await using var lenient = await StreamHost.StartAsync(static options =>
        {
            options.Tokens.HmacSecret = Jwt.Secret;
            options.Clients.AllowTokenInQuery = true;
        });

        using var byHeader = await OpenAsync(strict, "", ("Authorization", $"Bearer {token}"), (StreamHost.UserHeader, ""));
        using var refused = await OpenAsync(strict, $"?token={token}");
        using var byAddress = await OpenAsync(lenient, $"?token={token}", (StreamHost.UserHeader, ""));

        Assert.Contains("#ann", (await byHeader.NextAsync()).Data, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.BadRequest, refused.Stream.Response.StatusCode);
        Assert.Contains("#ann", (await byAddress.NextAsync()).Data, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("?channel=", 400)]
    [InlineData("?channel=unknown:chat", 400)]
    [InlineData("?channel=$private", 403)]
    [InlineData("?channel=chat&last_event_id=nonsense", 400)]
    [InlineData("?channel=chat&last_event_id=chat%3D-1.x", 400)]
    [InlineData("?channel=chat&last_event_id=%3D1.x", 400)]
    public async Task WrongRequest_IsRefusedWithAStatus(string query, int status)
    {
        await using var host = await StreamHost.StartAsync();
        using var client = await OpenAsync(host, query);

        Assert.Equal(status, (int)client.Stream.Response.StatusCode);
        Assert.Equal(0, host.Connections);
    }

    [Fact]
    public async Task BadTokens_AreRefusedWithAStatus()
    {
        await using var host = await StreamHost.StartAsync(static options => options.Tokens.HmacSecret = Jwt.Secret);
        foreach (var token in new[] { "nonsense", Jwt.Sign("""{"sub":"ann","exp":1}""") })
        {
            using var client = await OpenAsync(host, "?channel=chat", ("Authorization", $"Bearer {token}"), (StreamHost.UserHeader, ""));
            Assert.Equal(HttpStatusCode.Unauthorized, client.Stream.Response.StatusCode);
        }

        using var tooMany = await OpenAsync(host, "?" + string.Join('&', Enumerable.Range(0, 129).Select(static i => $"channel=c{i}")));
        Assert.Equal(HttpStatusCode.BadRequest, tooMany.Stream.Response.StatusCode);
    }

    private static async Task<EventClient> OpenAsync(StreamHost host, string query, params (string, string)[] headers) =>
        new(await host.OpenAsync("/connection/events" + query, null, headers));

    private static async Task PublishAsync(StreamHost host, string channel, int number) =>
        await host.Parley.PublishAsync(channel, Encoding.UTF8.GetBytes($"{number}"));

    private static IEnumerable<int> Numbers(IEnumerable<TestEvent> events, string channel) => events
        .Where(static one => one.Name == "message")
        .Select(static one => JsonNode.Parse(one.Data)!)
        .Where(data => data["channel"]!.GetValue<string>() == channel)
        .Select(static data => data["data"]!.GetValue<int>());
}
