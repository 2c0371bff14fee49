using System.Text.Json.Nodes;
using Parley.EndToEnd.Tests.Clients;
using Parley.EndToEnd.Tests.Servers;
using Parley.Testing;

namespace Parley.EndToEnd.Tests.Scenarios;

public sealed class ConnectionTests(SecuredServer server, SdkHost sdk) : SecuredScenarios(server, sdk)
{
    [Theory, EveryWay]
    public async Task A_client_with_a_token_is_connected_and_has_an_id(SdkWay way)
    {
        await using var client = await OpenAsync(way, "alice");

        var connected = await client.ConnectAsync();

        Assert.True(Guid.TryParse(connected.Client, out _), connected.Client);
        Assert.Equal(way.Transport(), connected.Transport);
    }

    [Theory, EveryWay]
    public async Task A_client_without_a_token_is_refused_for_good(SdkWay way)
    {
        await using var client = await OpenAsync(way);

        await client.StartConnectingAsync();

        Assert.Equal(new SdkReason(3501, "bad request"), await client.DisconnectedAsync());
    }

    [Theory, EveryWay]
    public async Task An_invalid_token_ends_the_client_for_good(SdkWay way)
    {
        var claims = new JsonObject { ["sub"] = "alice" };
        var good = Server.Tokens.Connection("alice");
        string[] invalid =
        [
            "no token at all",
            new TestTokens("another secret of the same length 123").Connection("alice"),
            Server.Tokens.Sign(claims, algorithm: "none"),
            Server.Tokens.Sign(claims, algorithm: "RS256"),
            good[..^4] + (good.EndsWith("AAAA", StringComparison.Ordinal) ? "BBBB" : "AAAA"),
            Server.Tokens.Subscription("alice", "a token for a channel opens no connection"),
        ];

        foreach (var token in invalid)
        {
            await using var client = await OpenAsync(way, new SdkClientOptions { Token = token, GetToken = () => token });
            await client.StartConnectingAsync();

            Assert.Equal(new SdkReason(3500, "invalid token"), await client.DisconnectedAsync());
        }
    }

    [Theory, EveryWay]
    public async Task An_expired_token_is_replaced_by_a_new_one(SdkWay way)
    {
        await using var client = await OpenAsync(way, new SdkClientOptions
        {
            Token = Server.Tokens.Connection("alice", Expired),
            GetToken = () => Server.Tokens.Connection("alice"),
        });

        await client.ConnectAsync();

        Assert.Equal(1, client.TokenQuestions);
        // The SDK says which error made it ask.
        Assert.Equal(109, (await client.Events.NextAsync<SdkError>("error")).Error.Code);
    }

    [Theory, EveryWay]
    public async Task A_user_who_gets_no_new_token_stays_outside(SdkWay way)
    {
        await using var client = await OpenAsync(way, new SdkClientOptions
        {
            Token = Server.Tokens.Connection("alice", Expired),
            GetToken = () => null,
        });

        await client.StartConnectingAsync();

        Assert.Equal(new SdkReason(1, "unauthorized"), await client.DisconnectedAsync());
    }

    [Theory, EveryWay]
    public async Task A_token_that_runs_out_is_refreshed_on_the_same_connection(SdkWay way)
    {
        var refreshedTwice = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var refreshes = 0;
        await using var client = await OpenAsync(way, new SdkClientOptions
        {
            Token = Server.Tokens.Connection("alice", Soon),
            GetToken = Refresh,
        });
        await client.ConnectAsync();
        await client.ConnectingAsync();

        await refreshedTwice.Task.WaitAsync(Patience.Limit);

        // The second refresh is in front of this command, and only a first one that was accepted leads to a second.
        await Assert.ThrowsAsync<SdkException>(() => client.RpcAsync("after the refresh", "x"));
        Assert.Equal(0, client.Events.CountUntaken("connecting"));
        Assert.Equal(0, client.Events.CountUntaken("error"));

        string Refresh()
        {
            if (++refreshes == 1)
                return Server.Tokens.Connection("alice", Soon);
            refreshedTwice.TrySetResult();
            return Server.Tokens.Connection("alice");
        }
    }

    [Theory, EveryWay]
    public async Task A_refresh_with_the_token_of_another_user_ends_the_client(SdkWay way)
    {
        await using var client = await OpenAsync(way, new SdkClientOptions
        {
            Token = Server.Tokens.Connection("alice", Soon),
            GetToken = () => Server.Tokens.Connection("bob"),
        });
        await client.ConnectAsync();

        Assert.Equal(new SdkReason(3500, "invalid token"), await client.DisconnectedAsync());
    }

    [Theory, EveryWay]
    public async Task A_refresh_with_an_expired_token_makes_the_client_connect_anew(SdkWay way)
    {
        var tokens = new Queue<string>([Server.Tokens.Connection("alice", Expired), Server.Tokens.Connection("alice")]);
        await using var client = await OpenAsync(way, new SdkClientOptions
        {
            Token = Server.Tokens.Connection("alice", Soon),
            GetToken = tokens.Dequeue,
        });
        await client.ConnectAsync();
        await client.ConnectingAsync();

        Assert.Equal(new SdkReason(3005, "connection expired"), await client.ConnectingAsync());

        await client.ConnectedAsync();
        Assert.Equal(2, client.TokenQuestions);
    }

    [Theory, BothFormats]
    public async Task A_message_above_the_size_limit_ends_the_client(SdkWay way)
    {
        await using var client = await ConnectAsync(way);

        var publishing = client.PublishAsync("large", new string('x', 64 * 1024));

        Assert.Equal(new SdkReason(3, "message size limit exceeded"), await client.DisconnectedAsync());
        await Assert.ThrowsAsync<SdkException>(() => publishing);
    }
}
