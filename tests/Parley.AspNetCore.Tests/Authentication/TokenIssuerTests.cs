using System.Text;
using Parley.AspNetCore.Authentication;
using Parley.Authentication;

namespace Parley.AspNetCore.Tests.Authentication;

public sealed class TokenIssuerTests
{
    [Fact]
    public async Task A_connection_token_says_what_it_was_given_and_is_verified()
    {
        using var host = VerifierHost.WithSecret(("Tokens:Issuer", "me"), ("Tokens:Audience", "parley"));

        var text = host.Issuer.CreateConnectionToken("42", TimeSpan.FromMinutes(5), new ConnectionTokenOptions
        {
            Info = """{ "name":"Ann" }"""u8.ToArray(),
            Meta = "{}"u8.ToArray(),
            Channels = ["news"],
            Subscriptions = new Dictionary<string, ServerSubscribeOptions>
            {
                ["chat:1"] = new()
                {
                    Info = new byte[] { 0, 255 },
                    Data = "1"u8.ToArray(),
                    Presence = true,
                    JoinLeave = false,
                    ForcePushJoinLeave = true,
                    ForcePositioning = false,
                    ForceRecovery = true,
                },
                ["chat:2"] = new(),
            },
        });

        var token = await host.ConnectionAsync(text);
        Assert.Equal("42", token.User);
        Assert.Equal(DateTimeOffset.FromUnixTimeSeconds(Jwt.Now + 300), token.ExpireAt);
        Assert.Equal("""{ "name":"Ann" }""", VerifierHost.Text(token.Info));
        Assert.Equal("{}", VerifierHost.Text(token.Meta));
        Assert.Equal(["chat:1", "chat:2", "news"], token.Subscriptions.Keys.Order(StringComparer.Ordinal));
        var chat = token.Subscriptions["chat:1"];
        Assert.Equal([0, 255], chat.Info.ToArray());
        Assert.Equal("1", VerifierHost.Text(chat.Data));
        Assert.Equal((true, false, true, false, true), (chat.Presence, chat.JoinLeave, chat.ForcePushJoinLeave, chat.ForcePositioning, chat.ForceRecovery));
        Assert.Equal(SubscriptionGrant.Default with { }, token.Subscriptions["chat:2"]);
    }

    [Fact]
    public async Task A_subscription_token_says_what_it_was_given_and_is_verified()
    {
        using var host = VerifierHost.WithSecret(("SubscriptionTokens:HmacSecret", Jwt.OtherSecret), ("SubscriptionTokens:Audience", "subs"));

        var text = host.Issuer.CreateSubscriptionToken("42", "$chat:1", TimeSpan.FromMinutes(1), new ServerSubscribeOptions
        {
            Data = "[1]"u8.ToArray(),
            ExpireAt = DateTimeOffset.FromUnixTimeSeconds(Jwt.Now + 3600),
            ForceRecovery = true,
        });

        var token = await host.SubscriptionAsync(text);
        Assert.Equal(("42", "$chat:1"), (token.User, token.Channel));
        Assert.Equal("[1]", VerifierHost.Text(token.Grant.Data));
        Assert.Equal(DateTimeOffset.FromUnixTimeSeconds(Jwt.Now + 3600), token.Grant.ExpireAt);
        Assert.True(token.Grant.ForceRecovery);
        Assert.Equal(TokenStatus.Invalid, await host.StatusAsync(text));
    }

    [Fact]
    public void The_text_of_a_token_is_the_one_that_other_libraries_make()
    {
        var issuer = new TokenIssuer(
            new TokenOptions { HmacSecret = Jwt.Secret },
            timeProvider: new Microsoft.Extensions.Time.Testing.FakeTimeProvider(DateTimeOffset.FromUnixTimeSeconds(Jwt.Now)));

        var token = issuer.CreateConnectionToken("Ünïcode", TimeSpan.FromSeconds(1));

        Assert.Equal(Jwt.Sign($$"""{"sub":"Ünïcode","iat":{{Jwt.Now}},"exp":{{Jwt.Now + 1}}}"""), token);
    }

    [Fact]
    public async Task A_connection_may_outlast_its_token()
    {
        using var host = VerifierHost.WithSecret();

        var longer = host.Issuer.CreateConnectionToken("42", TimeSpan.FromMinutes(1), new() { ConnectionLifetime = TimeSpan.FromHours(1) });
        var endless = host.Issuer.CreateConnectionToken("42", TimeSpan.FromMinutes(1), new() { ConnectionLifetime = Timeout.InfiniteTimeSpan });

        Assert.Equal(DateTimeOffset.FromUnixTimeSeconds(Jwt.Now + 3600), (await host.ConnectionAsync(longer)).ExpireAt);
        Assert.Null((await host.ConnectionAsync(endless)).ExpireAt);
        host.Time.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal(TokenStatus.Expired, await host.StatusAsync(endless));
    }

    [Fact]
    public async Task A_token_without_end_has_no_exp()
    {
        using var host = VerifierHost.WithSecret();
        var text = host.Issuer.CreateConnectionToken("42", Timeout.InfiniteTimeSpan);

        host.Time.Advance(TimeSpan.FromDays(3650));

        Assert.Null((await host.ConnectionAsync(text)).ExpireAt);
    }

    [Fact]
    public async Task The_issuer_follows_a_reload()
    {
        using var host = VerifierHost.WithSecret();
        host.Issuer.CreateConnectionToken("42", TimeSpan.FromMinutes(1));

        host.Set("Tokens:HmacSecret", Jwt.OtherSecret);

        Assert.Equal(TokenStatus.Valid, await host.StatusAsync(host.Issuer.CreateConnectionToken("42", TimeSpan.FromMinutes(1))));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("thirty-one bytes are not enough")]
    public void Without_a_good_secret_there_are_no_tokens(string? secret)
    {
        var issuer = new TokenIssuer(new TokenOptions { HmacSecret = secret });

        Assert.Throws<InvalidOperationException>(() => issuer.CreateConnectionToken("42", TimeSpan.FromMinutes(1)));
        Assert.Throws<InvalidOperationException>(() => issuer.CreateSubscriptionToken("42", "news", TimeSpan.FromMinutes(1)));
    }

    [Fact]
    public void What_cannot_be_said_in_a_token_is_refused()
    {
        var issuer = new TokenIssuer(new TokenOptions { HmacSecret = Jwt.Secret });
        var minute = TimeSpan.FromMinutes(1);

        Assert.Throws<ArgumentException>(() => issuer.CreateConnectionToken("42", TimeSpan.Zero));
        Assert.Throws<ArgumentException>(() => issuer.CreateConnectionToken("42", TimeSpan.FromSeconds(-5)));
        Assert.Throws<ArgumentException>(() => issuer.CreateConnectionToken("42", TimeSpan.MaxValue));
        Assert.Throws<ArgumentException>(() => issuer.CreateConnectionToken("42", minute, new() { Meta = "{"u8.ToArray() }));
        Assert.Throws<ArgumentException>(() => issuer.CreateConnectionToken("42", minute, new() { Info = Encoding.UTF8.GetBytes($"\"{new string('x', 13_000)}\"") }));
        Assert.Throws<ArgumentException>(() => issuer.CreateConnectionToken("42", minute, new()
        {
            Subscriptions = new Dictionary<string, ServerSubscribeOptions> { ["news"] = new() { ExpireAt = DateTimeOffset.UnixEpoch } },
        }));
        Assert.Throws<ArgumentException>(() => issuer.CreateSubscriptionToken("42", "", minute));
        Assert.Throws<ArgumentException>(() => issuer.CreateSubscriptionToken("42", "news", minute, new() { RecoverSince = StreamPosition.None }));
    }
}
