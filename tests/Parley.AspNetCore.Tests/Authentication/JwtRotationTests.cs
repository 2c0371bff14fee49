using Parley.Authentication;

namespace Parley.AspNetCore.Tests.Authentication;

public sealed class JwtRotationTests
{
    private const string Claims = """{"sub":"42"}""";

    private const string SubscriptionClaims = """{"sub":"42","channel":"news"}""";

    [Fact]
    public async Task A_reload_of_the_configuration_changes_the_secret_at_once()
    {
        using var host = VerifierHost.WithSecret();
        string old = Jwt.Sign(Claims), @new = Jwt.Sign(Claims, secret: Jwt.OtherSecret);
        Assert.Equal(TokenStatus.Valid, await host.StatusAsync(old));
        Assert.Equal(TokenStatus.Invalid, await host.StatusAsync(@new));

        host.Set("Tokens:HmacSecret", Jwt.OtherSecret);

        Assert.Equal(TokenStatus.Invalid, await host.StatusAsync(old));
        Assert.Equal(TokenStatus.Valid, await host.StatusAsync(@new));
    }

    [Fact]
    public async Task A_reload_changes_issuer_and_audience_too()
    {
        using var host = VerifierHost.WithSecret();
        Assert.Equal(TokenStatus.Valid, await host.StatusAsync(Jwt.Sign(Claims)));

        host.Set("Tokens:Issuer", "me");

        Assert.Equal(TokenStatus.Invalid, await host.StatusAsync(Jwt.Sign(Claims)));
    }

    [Fact]
    public async Task Subscription_tokens_use_the_options_of_connection_tokens_unless_they_have_their_own()
    {
        using var shared = VerifierHost.WithSecret();
        using var own = VerifierHost.WithSecret(("SubscriptionTokens:HmacSecret", Jwt.OtherSecret));

        Assert.Equal(TokenStatus.Valid, await shared.SubscriptionStatusAsync(Jwt.Sign(SubscriptionClaims)));
        Assert.Equal(TokenStatus.Invalid, await own.SubscriptionStatusAsync(Jwt.Sign(SubscriptionClaims)));
        Assert.Equal(TokenStatus.Valid, await own.SubscriptionStatusAsync(Jwt.Sign(SubscriptionClaims, secret: Jwt.OtherSecret)));
        Assert.Equal(TokenStatus.Valid, await own.StatusAsync(Jwt.Sign(Claims)));
        Assert.Equal(TokenStatus.Invalid, await own.StatusAsync(Jwt.Sign(Claims, secret: Jwt.OtherSecret)));
    }

    [Fact]
    public async Task Options_of_subscription_tokens_without_a_secret_do_not_fall_back_to_the_other()
    {
        using var host = VerifierHost.WithSecret(("SubscriptionTokens:Issuer", "me"));

        Assert.Equal(TokenStatus.Invalid, await host.SubscriptionStatusAsync(Jwt.Sign("""{"channel":"news","iss":"me"}""")));
    }

    [Fact]
    public async Task Many_threads_may_verify_while_the_secret_rotates()
    {
        using var host = VerifierHost.WithSecret();
        string[] tokens = [Jwt.Sign(Claims), Jwt.Sign(Claims, secret: Jwt.OtherSecret)];
        using var rotated = new CancellationTokenSource();

        var readers = Enumerable.Range(0, 4).Select(_ => Task.Run(async () =>
        {
            while (!rotated.IsCancellationRequested)
            {
                foreach (var token in tokens)
                    Assert.NotEqual(TokenStatus.Expired, await host.StatusAsync(token));
            }
        })).ToArray();
        for (var round = 0; round < 50; round++)
            host.Set("Tokens:HmacSecret", round % 2 == 0 ? Jwt.OtherSecret : Jwt.Secret);
        await rotated.CancelAsync();

        await Task.WhenAll(readers);
        Assert.Equal(TokenStatus.Valid, await host.StatusAsync(tokens[0]));
    }
}
