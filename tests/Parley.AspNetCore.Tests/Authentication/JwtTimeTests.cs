using Parley.Authentication;

namespace Parley.AspNetCore.Tests.Authentication;

public sealed class JwtTimeTests
{
    [Theory]
    [InlineData(Jwt.Now - 1, false)]
    [InlineData(Jwt.Now, false)]
    [InlineData(Jwt.Now + 1, true)]
    [InlineData(0, false)]
    public async Task A_token_ends_in_the_second_of_its_exp_without_leeway(long exp, bool valid)
    {
        var expected = valid ? TokenStatus.Valid : TokenStatus.Expired;
        using var host = VerifierHost.WithSecret();

        Assert.Equal(expected, await host.StatusAsync(Jwt.Sign($$"""{"sub":"42","exp":{{exp}}}""")));
        Assert.Equal(expected, await host.SubscriptionStatusAsync(Jwt.Sign($$"""{"sub":"42","channel":"news","exp":{{exp}}}""")));
    }

    [Theory]
    [InlineData(Jwt.Now - 1, true)]
    [InlineData(Jwt.Now, true)]
    [InlineData(Jwt.Now + 1, false)]
    public async Task A_token_begins_in_the_second_of_its_nbf_without_leeway(long nbf, bool valid)
    {
        var expected = valid ? TokenStatus.Valid : TokenStatus.Expired;
        using var host = VerifierHost.WithSecret();

        Assert.Equal(expected, await host.StatusAsync(Jwt.Sign($$"""{"sub":"42","nbf":{{nbf}}}""")));
    }

    [Fact]
    public async Task Time_is_the_one_of_the_clock_that_was_injected()
    {
        using var host = VerifierHost.WithSecret();
        var token = Jwt.Sign($$"""{"sub":"42","nbf":{{Jwt.Now + 10}},"exp":{{Jwt.Now + 20}}}""");

        Assert.Equal(TokenStatus.Expired, await host.StatusAsync(token));
        host.Time.Advance(TimeSpan.FromSeconds(10));
        Assert.Equal(TokenStatus.Valid, await host.StatusAsync(token));
        host.Time.Advance(TimeSpan.FromMilliseconds(9_999));
        Assert.Equal(TokenStatus.Valid, await host.StatusAsync(token));
        host.Time.Advance(TimeSpan.FromMilliseconds(1));
        Assert.Equal(TokenStatus.Expired, await host.StatusAsync(token));
    }

    [Fact]
    public async Task A_fraction_of_a_second_counts()
    {
        using var host = VerifierHost.WithSecret();
        var token = Jwt.Sign($$"""{"sub":"42","exp":{{Jwt.Now}}.5}""");

        Assert.Equal(DateTimeOffset.FromUnixTimeMilliseconds((Jwt.Now * 1000) + 500), (await host.ConnectionAsync(token)).ExpireAt);
        host.Time.Advance(TimeSpan.FromMilliseconds(500));
        Assert.Equal(TokenStatus.Expired, await host.StatusAsync(token));
    }

    [Theory]
    [InlineData("\"2000000100\"")]
    [InlineData("true")]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("-1")]
    [InlineData("2000000100000")] // milliseconds
    [InlineData("1e400")]
    [InlineData("253402300800")]
    public async Task A_time_that_is_no_second_of_the_calendar_is_invalid(string value)
    {
        using var host = VerifierHost.WithSecret();

        foreach (var claim in (string[])["exp", "nbf", "iat", "expire_at"])
            Assert.Equal(TokenStatus.Invalid, await host.StatusAsync(Jwt.Sign($$"""{"sub":"42","{{claim}}":{{value}}}""")));
    }

    [Fact]
    public async Task An_expired_token_with_any_other_fault_is_invalid()
    {
        using var host = VerifierHost.WithSecret(("Tokens:Issuer", "me"), ("Tokens:Audience", "parley"));
        string[] faults =
        [
            """ "iss":"you","aud":"parley" """, """ "iss":"me","aud":"other" """, """ "iss":"me","aud":"parley","sub":42 """,
            """ "iss":"me","aud":"parley","channel":"news" """, """ "iss":"me","aud":"parley","subs":[] """,
        ];

        Assert.Equal(TokenStatus.Expired, await host.StatusAsync(Jwt.Sign("""{"exp":1,"iss":"me","aud":"parley"}""")));
        foreach (var fault in faults)
            Assert.Equal(TokenStatus.Invalid, await host.StatusAsync(Jwt.Sign($$"""{"exp":1,{{fault}}}""")));
        Assert.Equal(TokenStatus.Invalid, await host.StatusAsync(Jwt.Sign("""{"exp":1,"iss":"me","aud":"parley"}""", secret: Jwt.OtherSecret)));
    }

    [Fact]
    public async Task An_expired_token_says_nothing_of_its_claims()
    {
        using var host = VerifierHost.WithSecret();

        Assert.Null((await host.Verifier.VerifyConnectionAsync(Jwt.Sign("""{"sub":"42","exp":1}"""))).Token);
    }

    [Fact]
    public async Task The_connection_ends_with_expire_at_when_there_is_one()
    {
        using var host = VerifierHost.WithSecret();
        var exp = DateTimeOffset.FromUnixTimeSeconds(Jwt.Now + 60);

        Assert.Equal(exp, (await host.ConnectionAsync(Jwt.Sign($$"""{"exp":{{Jwt.Now + 60}}}"""))).ExpireAt);
        Assert.Equal(exp.AddSeconds(40), (await host.ConnectionAsync(Jwt.Sign($$"""{"exp":{{Jwt.Now + 60}},"expire_at":{{Jwt.Now + 100}}}"""))).ExpireAt);
        Assert.Null((await host.ConnectionAsync(Jwt.Sign($$"""{"exp":{{Jwt.Now + 60}},"expire_at":0}"""))).ExpireAt);
        Assert.Equal(exp, (await host.ConnectionAsync(Jwt.Sign($$"""{"exp":{{Jwt.Now + 60}},"expire_at":null}"""))).ExpireAt);
        Assert.Null((await host.ConnectionAsync(Jwt.Sign("""{"sub":"42"}"""))).ExpireAt);
    }

    [Fact]
    public async Task The_subscription_ends_with_expire_at_when_there_is_one()
    {
        using var host = VerifierHost.WithSecret();
        async Task<DateTimeOffset?> End(string claims) => (await host.SubscriptionAsync(Jwt.Sign($$"""{"channel":"news",{{claims}}}"""))).Grant.ExpireAt;

        Assert.Equal(DateTimeOffset.FromUnixTimeSeconds(Jwt.Now + 60), await End($"\"exp\":{Jwt.Now + 60}"));
        Assert.Equal(DateTimeOffset.FromUnixTimeSeconds(Jwt.Now + 90), await End($"\"exp\":{Jwt.Now + 60},\"expire_at\":{Jwt.Now + 90}"));
        Assert.Null(await End($"\"exp\":{Jwt.Now + 60},\"expire_at\":0"));
    }

    [Fact]
    public async Task An_expire_at_that_is_over_leaves_the_token_valid_for_the_session_to_judge()
    {
        using var host = VerifierHost.WithSecret();

        var token = await host.ConnectionAsync(Jwt.Sign($$"""{"exp":{{Jwt.Now + 60}},"expire_at":1000}"""));

        Assert.Equal(DateTimeOffset.FromUnixTimeSeconds(1000), token.ExpireAt);
    }
}
