using Parley.Authentication;

namespace Parley.AspNetCore.Tests.Authentication;

public sealed class JwtClaimTests
{
    [Fact]
    public async Task A_connection_token_carries_all_its_claims()
    {
        using var host = VerifierHost.WithSecret();

        var token = await host.ConnectionAsync(Jwt.Sign(
            """
            {"sub":"42","jti":"x","iat":1999999999,"info":{ "name" : "Ann\u0041" },"meta":[1, 2],
             "channels":["news","chat:1"],
             "subs":{"chat:1":{"info":{"a":1},"data":"hello","override":{"presence":{"value":true},"join_leave":{"value":false},
                "force_push_join_leave":{"value":true},"force_positioning":{"value":false},"force_recovery":{"value":true}}},
              "chat:2":{"b64info":"AAEC","b64data":"/+8=","override":{"presence":{}}},"chat:3":null}}
            """));

        Assert.Equal("42", token.User);
        Assert.Equal("""{ "name" : "Ann\u0041" }""", VerifierHost.Text(token.Info));
        Assert.Equal("[1, 2]", VerifierHost.Text(token.Meta));
        Assert.Equal(["chat:1", "chat:2", "chat:3", "news"], token.Subscriptions.Keys.Order(StringComparer.Ordinal));
        Assert.Same(SubscriptionGrant.Default, token.Subscriptions["news"]);
        Assert.Same(SubscriptionGrant.Default, token.Subscriptions["chat:3"]);
        var first = token.Subscriptions["chat:1"];
        Assert.Equal("""{"a":1}""", VerifierHost.Text(first.Info));
        Assert.Equal("\"hello\"", VerifierHost.Text(first.Data));
        Assert.Equal(
            (true, false, true, false, true),
            (first.Presence, first.JoinLeave, first.ForcePushJoinLeave, first.ForcePositioning, first.ForceRecovery));
        var second = token.Subscriptions["chat:2"];
        Assert.Equal([0, 1, 2], second.Info.ToArray());
        Assert.Equal([255, 239], second.Data.ToArray());
        Assert.Equal((false, null), (second.Presence, second.JoinLeave));
    }

    [Fact]
    public async Task A_subscription_token_carries_all_its_claims()
    {
        using var host = VerifierHost.WithSecret();

        var token = await host.SubscriptionAsync(Jwt.Sign(
            """
            {"sub":"42","channel":"$chat:1","client":"c1","exp":2000000005,"info":1e2,"data":{"x": [ ] },
             "override":{"force_recovery":{"value":true}}}
            """));

        Assert.Equal(("42", "$chat:1", "c1"), (token.User, token.Channel, token.Client));
        Assert.Equal("1e2", VerifierHost.Text(token.Grant.Info));
        Assert.Equal("""{"x": [ ] }""", VerifierHost.Text(token.Grant.Data));
        Assert.True(token.Grant.ForceRecovery);
        Assert.Null(token.Grant.Presence);
        Assert.Equal(DateTimeOffset.FromUnixTimeSeconds(Jwt.Now + 5), token.Grant.ExpireAt);
    }

    [Fact]
    public async Task Absent_and_null_claims_have_no_value()
    {
        using var host = VerifierHost.WithSecret();
        string[] payloads =
        [
            "{}",
            """{"sub":null,"info":null,"b64info":null,"channels":null,"subs":null,"meta":null,"channel":null,"exp":null,"nbf":null,"iss":null,"aud":null}""",
        ];

        foreach (var payload in payloads)
        {
            var token = await host.ConnectionAsync(Jwt.Sign(payload));
            Assert.Equal("", token.User);
            Assert.True(token.Info.IsEmpty && token.Meta.IsEmpty);
            Assert.Empty(token.Subscriptions);
            Assert.Null(token.ExpireAt);
        }

        Assert.Null((await host.SubscriptionAsync(Jwt.Sign("""{"channel":"a","client":""}"""))).Client);
    }

    [Fact]
    public async Task Tokens_of_one_kind_are_not_taken_for_the_other()
    {
        using var host = VerifierHost.WithSecret();

        Assert.Equal(TokenStatus.Invalid, await host.StatusAsync(Jwt.Sign("""{"sub":"42","channel":"news"}""")));
        Assert.Equal(TokenStatus.Invalid, await host.StatusAsync(Jwt.Sign("""{"sub":"42","channel":""}""")));
        Assert.Equal(TokenStatus.Invalid, await host.SubscriptionStatusAsync(Jwt.Sign("""{"sub":"42"}""")));
        Assert.Equal(TokenStatus.Invalid, await host.SubscriptionStatusAsync(Jwt.Sign("""{"sub":"42","channel":""}""")));
    }

    [Theory]
    [InlineData("""{"sub":42}""")]
    [InlineData("""{"sub":["42"]}""")]
    [InlineData("""{"sub":"\ud800"}""")]
    [InlineData("""{"iss":1}""")]
    [InlineData("""{"jti":1}""")]
    [InlineData("""{"aud":1}""")]
    [InlineData("""{"aud":["a",1]}""")]
    [InlineData("""{"aud":{}}""")]
    [InlineData("""{"b64info":1}""")]
    [InlineData("""{"b64info":"&&&"}""")]
    [InlineData("""{"b64info":"AAEC","info":1}""")]
    [InlineData("""{"channels":"news"}""")]
    [InlineData("""{"channels":{"news":{}}}""")]
    [InlineData("""{"channels":[1]}""")]
    [InlineData("""{"channels":[null]}""")]
    [InlineData("""{"channels":[""]}""")]
    [InlineData("""{"subs":["news"]}""")]
    [InlineData("""{"subs":{"":{}}}""")]
    [InlineData("""{"subs":{"news":[]}}""")]
    [InlineData("""{"subs":{"news":true}}""")]
    [InlineData("""{"subs":{"news":{"b64data":true}}}""")]
    [InlineData("""{"subs":{"news":{"override":true}}}""")]
    [InlineData("""{"subs":{"news":{"override":{"presence":true}}}}""")]
    [InlineData("""{"subs":{"news":{"override":{"presence":{"value":1}}}}}""")]
    [InlineData("""{"subs":{"news":{"server_tags_filter":{"op":"eq"}}}}""")]
    [InlineData("""{"subs":{"\ud800":{}}}""")]
    [InlineData("""{"subs":{"news":{},"news":{}}}""")]
    [InlineData("""{"sub":"1","sub":"2"}""")]
    [InlineData("""{"sub":"1","\u0073ub":"2"}""")]
    [InlineData("""{"exp":1,"exp":4102444800}""")]
    [InlineData("[]")]
    [InlineData("\"sub\"")]
    [InlineData("null")]
    [InlineData("{")]
    [InlineData("{} {}")]
    [InlineData("{\"sub\":\"1\",}")]
    [InlineData("{/**/}")]
    [InlineData("\ufeff{}")]
    public async Task Claims_of_the_wrong_shape_make_a_connection_token_invalid(string payload)
    {
        using var host = VerifierHost.WithSecret();

        Assert.Equal(TokenStatus.Invalid, await host.StatusAsync(Jwt.Sign(payload)));
    }

    [Theory]
    [InlineData("""{"channel":1}""")]
    [InlineData("""{"channel":["news"]}""")]
    [InlineData("""{"channel":"news","client":1}""")]
    [InlineData("""{"channel":"news","sub":1}""")]
    [InlineData("""{"channel":"news","info":1,"b64info":"AA=="}""")]
    [InlineData("""{"channel":"news","override":[]}""")]
    [InlineData("""{"channel":"news","override":{"force_recovery":"yes"}}""")]
    [InlineData("""{"channel":"news","server_tags_filter":{"op":"eq"}}""")]
    [InlineData("""{"channel":"news","channel":"other"}""")]
    public async Task Claims_of_the_wrong_shape_make_a_subscription_token_invalid(string payload)
    {
        using var host = VerifierHost.WithSecret();

        Assert.Equal(TokenStatus.Invalid, await host.SubscriptionStatusAsync(Jwt.Sign(payload)));
    }

    [Fact]
    public async Task Claims_that_are_no_UTF8_or_too_deep_are_invalid()
    {
        using var host = VerifierHost.WithSecret();
        byte[] bad = [.. "{\"info\":\""u8, 0xC3, .. "\"}"u8];

        Assert.Equal(TokenStatus.Invalid, await host.StatusAsync(Jwt.Sign(bad)));
        Assert.Equal(TokenStatus.Invalid, await host.StatusAsync(Jwt.Sign("{\"info\":" + new string('[', 70) + new string(']', 70) + "}")));
        Assert.Equal(TokenStatus.Invalid, await host.StatusAsync(Jwt.Sign("{\"info\":" + new string('[', 5000))));
    }

    [Fact]
    public async Task Issuer_and_audience_are_compared_exactly_when_configured()
    {
        using var host = VerifierHost.WithSecret(("Tokens:Issuer", "https://me"), ("Tokens:Audience", "parley"));
        async Task<TokenStatus> Status(string claims) => await host.StatusAsync(Jwt.Sign($"{{{claims}}}"));

        Assert.Equal(TokenStatus.Valid, await Status(""" "iss":"https://me","aud":"parley" """));
        Assert.Equal(TokenStatus.Valid, await Status(""" "iss":"https://me","aud":["x","parley"] """));
        Assert.Equal(TokenStatus.Invalid, await Status(""" "iss":"https://me","aud":"Parley" """));
        Assert.Equal(TokenStatus.Invalid, await Status(""" "iss":"https://me","aud":"parley.example" """));
        Assert.Equal(TokenStatus.Invalid, await Status(""" "iss":"https://me","aud":[] """));
        Assert.Equal(TokenStatus.Invalid, await Status(""" "iss":"https://me" """));
        Assert.Equal(TokenStatus.Invalid, await Status(""" "iss":"https://me/","aud":"parley" """));
        Assert.Equal(TokenStatus.Invalid, await Status(""" "iss":"HTTPS://ME","aud":"parley" """));
        Assert.Equal(TokenStatus.Invalid, await Status(""" "aud":"parley" """));
    }

    [Fact]
    public async Task Issuer_and_audience_are_free_when_not_configured()
    {
        using var host = VerifierHost.WithSecret();

        Assert.Equal(TokenStatus.Valid, await host.StatusAsync(Jwt.Sign("""{"iss":"any","aud":["one","two"]}""")));
    }

    [Fact]
    public async Task Claims_that_mean_nothing_here_are_ignored()
    {
        using var host = VerifierHost.WithSecret();

        Assert.Equal(TokenStatus.Valid, await host.StatusAsync(Jwt.Sign("""{"sub":"42","caps":[{"channels":["*"]}],"labels":{},"admin":true}""")));
    }
}
