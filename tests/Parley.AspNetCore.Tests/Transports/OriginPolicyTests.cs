using Microsoft.Extensions.Primitives;
using Parley.AspNetCore.Transports;

namespace Parley.AspNetCore.Tests.Transports;

public sealed class OriginPolicyTests
{
    [Theory]
    [InlineData("https://app.example.com", "app.example.com")]
    [InlineData("http://app.example.com", "app.example.com")]
    [InlineData("https://APP.example.com", "app.EXAMPLE.com")]
    [InlineData("https://app.example.com", "app.example.com:443")]
    [InlineData("https://app.example.com:443", "app.example.com")]
    [InlineData("http://app.example.com", "app.example.com:80")]
    [InlineData("http://localhost:8000", "localhost:8000")]
    [InlineData("http://127.0.0.1:8000", "127.0.0.1:8000")]
    [InlineData("http://[::1]:8000", "[::1]:8000")]
    [InlineData("https://[::1]", "[::1]")]
    public void Allows_PageOfTheSameHost(string origin, string host) => Assert.True(Allows(new OriginPolicy([]), origin, host));

    [Theory]
    [InlineData("https://evil.example", "app.example.com")]
    [InlineData("https://app.example.com.evil.example", "app.example.com")]
    [InlineData("https://evilapp.example.com", "app.example.com")]
    [InlineData("https://evil.app.example.com", "app.example.com")]
    [InlineData("https://example.com", "app.example.com")]
    [InlineData("https://app.example.com:8443", "app.example.com")]
    [InlineData("https://app.example.com", "app.example.com:8443")]
    [InlineData("https://app.example.com", "app.example.com:80")]
    [InlineData("http://localhost:8001", "localhost:8000")]
    [InlineData("null", "app.example.com")]
    [InlineData("null", "null")]
    [InlineData("", "")]
    [InlineData("", "app.example.com")]
    [InlineData("app.example.com", "app.example.com")]
    [InlineData("file://", "")]
    [InlineData("ws://app.example.com", "app.example.com")]
    [InlineData("chrome-extension://app.example.com", "app.example.com")]
    [InlineData("https://app.example.com/", "app.example.com")]
    [InlineData("https://app.example.com/path", "app.example.com")]
    [InlineData("https://app.example.com?", "app.example.com")]
    [InlineData("https://app.example.com#", "app.example.com")]
    [InlineData("https://app.example.com\\", "app.example.com")]
    [InlineData("https://user@app.example.com", "app.example.com")]
    [InlineData("https://evil.example:x@app.example.com", "app.example.com")]
    [InlineData("https://app.example.com:", "app.example.com")]
    [InlineData("https://app.example.com:70000", "app.example.com")]
    [InlineData("https://app.example.com:-1", "app.example.com")]
    [InlineData("https://app.example.com: 443", "app.example.com")]
    [InlineData(" https://app.example.com", "app.example.com")]
    [InlineData("https://app..example.com", "app..example.com")]
    [InlineData("https://app.example.com https://evil.example", "app.example.com")]
    [InlineData("https://*", "*")]
    [InlineData("https://аpp.example.com", "app.example.com")] // the first letter is Cyrillic
    [InlineData("https://[::1", "[::1")]
    [InlineData("https://[]", "[]")]
    public void Refuses_EverythingElse(string origin, string host) => Assert.False(Allows(new OriginPolicy([]), origin, host));

    [Fact]
    public void Allows_RequestWithoutOrigin() => Assert.True(Allows(new OriginPolicy([]), StringValues.Empty, "app.example.com"));

    [Fact]
    public void Refuses_TwoOrigins()
    {
        var twice = new StringValues(["https://app.example.com", "https://app.example.com"]);

        Assert.False(Allows(new OriginPolicy([]), twice, "app.example.com"));
    }

    [Theory]
    [InlineData("https://partner.example", "https://partner.example", true)]
    [InlineData("https://partner.example", "https://PARTNER.example", true)]
    [InlineData("HTTPS://Partner.Example", "https://partner.example", true)]
    [InlineData("https://partner.example", "https://partner.example:443", true)]
    [InlineData("https://partner.example:443", "https://partner.example", true)]
    [InlineData("https://partner.example", "http://partner.example", false)]
    [InlineData("https://partner.example", "https://partner.example:8443", false)]
    [InlineData("https://partner.example", "https://partner.example.evil.example", false)]
    [InlineData("https://partner.example", "https://a.partner.example", false)]
    [InlineData("https://partner.example", "null", false)]
    [InlineData("https://*.partner.example", "https://a.partner.example", true)]
    [InlineData("https://*.partner.example", "https://partner.example", false)]
    [InlineData("https://*.partner.example", "https://a.b.partner.example", false)]
    [InlineData("https://*.partner.example", "https://.partner.example", false)]
    [InlineData("https://*.partner.example", "https://a.evilpartner.example", false)]
    [InlineData("https://*.*.partner.example", "https://a.b.partner.example", true)]
    [InlineData("https://pr.*.partner.example:8443", "https://pr.7.partner.example:8443", true)]
    [InlineData("capacitor://localhost", "capacitor://localhost", true)]
    [InlineData("capacitor://localhost", "https://localhost", false)]
    [InlineData("*", "https://anything.example", true)]
    [InlineData("*", "null", true)]
    public void Allows_ListedOriginsExactly(string allowed, string origin, bool isAllowed) =>
        Assert.Equal(isAllowed, Allows(new OriginPolicy([allowed]), origin, "app.example.com"));

    [Theory]
    [InlineData("partner.example")]
    [InlineData("https://partner.example/")]
    [InlineData("https://partner.example/path")]
    [InlineData("https://*partner.example")]
    [InlineData("https://a*.partner.example")]
    [InlineData("https://partner.example:*")]
    [InlineData("*://partner.example")]
    [InlineData("null")]
    [InlineData("")]
    public void New_WithSomethingThatIsNoOrigin_NamesIt(string allowed)
    {
        var error = Assert.Throws<ArgumentException>(() => new OriginPolicy([allowed]));

        Assert.Contains($"'{allowed}'", error.Message, StringComparison.Ordinal);
    }

    private static bool Allows(OriginPolicy policy, StringValues origin, string host) => policy.Judge(origin, host) != OriginVerdict.Refused;
}
