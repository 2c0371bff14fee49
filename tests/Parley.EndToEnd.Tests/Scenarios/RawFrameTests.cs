using System.Text.Json;
using Parley.EndToEnd.Tests.Servers;
using Parley.Testing;

namespace Parley.EndToEnd.Tests.Scenarios;

/// <summary>What the SDK does not do or does not show: frames as they are on the wire, in JSON.</summary>
public sealed class RawFrameTests(SecuredServer server)
{
    private static readonly TimeSpan Hour = TimeSpan.FromHours(1);

    [Fact]
    public async Task One_frame_may_hold_connect_subscriptions_and_a_publication()
    {
        await using var client = await OpenAsync();
        var channels = new[] { NewChannel(), NewChannel(), NewChannel() };

        await SendAsync(
            client,
            Connect(id: 1, "alice"),
            Subscribe(id: 2, channels[0]),
            Subscribe(id: 3, channels[1]),
            Subscribe(id: 4, channels[2]),
            new { id = 5, publish = new { channel = channels[1], data = new { n = 1 } } });

        // The subscriber's own join follows each subscription; the publication may come before or after its reply.
        var replies = await ReadAsync(client, 9);
        Assert.Equal([1, 2, 3, 4, 5], replies.Select(IdOf).Where(static id => id > 0));
        Assert.True(replies[0].GetProperty("connect").GetProperty("pong").GetBoolean());
        Assert.Equal(25, replies[0].GetProperty("connect").GetProperty("ping").GetInt32());
        var pushes = replies.Where(static reply => IdOf(reply) == 0).Select(static reply => reply.GetProperty("push")).ToArray();
        Assert.Equal(channels, pushes.Where(static push => push.TryGetProperty("join", out _)).Select(ChannelOf));
        var publication = Assert.Single(pushes, static push => push.TryGetProperty("pub", out _));
        Assert.Equal((channels[1], 1), (ChannelOf(publication), publication.GetProperty("pub").GetProperty("data").GetProperty("n").GetInt32()));
    }

    [Fact]
    public async Task A_second_subscription_to_a_channel_is_refused_with_105()
    {
        var channel = NewChannel();
        await using var client = await ConnectAsync("alice");

        await SendAsync(client, Subscribe(id: 2, channel), Subscribe(id: 3, channel));

        var replies = (await ReadAsync(client, 3)).ToDictionary(IdOf);
        Assert.True(replies[2].TryGetProperty("subscribe", out _));
        Assert.Equal(105, replies[3].GetProperty("error").GetProperty("code").GetInt32());
    }

    [Fact]
    public async Task A_new_expiry_is_told_to_the_client()
    {
        var user = $"user-{Guid.NewGuid():N}";
        await using var client = await ConnectAsync(user);
        var expireAt = (DateTimeOffset.UtcNow + Hour).ToUnixTimeSeconds();

        await server.Api.CallAsync("refresh", new { user, expire_at = expireAt });

        var refresh = Assert.Single(await ReadAsync(client, 1)).GetProperty("push").GetProperty("refresh");
        Assert.True(refresh.GetProperty("expires").GetBoolean());
        Assert.InRange(refresh.GetProperty("ttl").GetInt32(), 3500, 3600);
    }

    [Theory]
    [InlineData("""{"id":1,"subscribe":{"channel":"before-connect"}}""")]
    [InlineData("{}")]
    [InlineData("no JSON")]
    [InlineData("")]
    public async Task A_first_frame_without_a_connect_command_ends_the_connection(string frame)
    {
        await using var client = await OpenAsync();

        await client.SendTextAsync(frame);

        await AssertClosedAsync(client, 3501, "bad request");
    }

    [Fact]
    public async Task A_second_connect_command_ends_the_connection()
    {
        await using var client = await ConnectAsync("alice");

        await SendAsync(client, Connect(id: 2, "alice"));

        await AssertClosedAsync(client, 3501, "bad request");
    }

    private static string NewChannel() => SecuredServer.NewChannel("chat");

    private static int IdOf(JsonElement reply) => reply.TryGetProperty("id", out var id) ? id.GetInt32() : 0;

    private static string? ChannelOf(JsonElement push) => push.GetProperty("channel").GetString();

    private static object Subscribe(int id, string channel) => new { id, subscribe = new { channel } };

    private static Task SendAsync(RawWebSocketClient client, params object[] commands) =>
        client.SendTextAsync(string.Join('\n', commands.Select(static command => JsonSerializer.Serialize(command))));

    private static async Task<List<JsonElement>> ReadAsync(RawWebSocketClient client, int count)
    {
        List<JsonElement> replies = [];
        while (replies.Count < count)
        {
            var frame = await client.ReadFrameAsync();
            Assert.Equal(RawWebSocketFrame.TextFrame, frame.Opcode);
            replies.AddRange(frame.Text.Split('\n').Select(static line => JsonSerializer.Deserialize<JsonElement>(line)));
        }

        Assert.Equal(count, replies.Count);
        return replies;
    }

    private static async Task AssertClosedAsync(RawWebSocketClient client, int code, string reason)
    {
        var frame = await client.ReadFrameAsync();
        Assert.Equal((RawWebSocketFrame.CloseFrame, code, reason), (frame.Opcode, frame.CloseCode, frame.CloseReason));
    }

    private object Connect(int id, string user) => new { id, connect = new { token = server.Tokens.Connection(user), name = "raw" } };

    private Task<RawWebSocketClient> OpenAsync() => RawWebSocketClient.ConnectAsync(server.Endpoint, "/connection/websocket");

    private async Task<RawWebSocketClient> ConnectAsync(string user)
    {
        var client = await OpenAsync();
        await SendAsync(client, Connect(id: 1, user));
        Assert.Equal(1, IdOf(Assert.Single(await ReadAsync(client, 1))));
        return client;
    }
}
