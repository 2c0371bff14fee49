using System.Text;
using Parley.Webhooks.Signing;

namespace Parley.Webhooks.Tests.Signing;

/// <summary>Vectors that the providers' own libraries made or accept.</summary>
public sealed class SchemeSignerTests
{
    private const string SlackBody =
        "token=xyzz0WbapA4vBCDEFasx0q6G&team_id=T1DC2JH3J&team_domain=testteamnow&channel_id=G8PSS9T3V&channel_name=foobar&user_id=U2CERLKJA"
        + "&user_name=roadrunner&command=%2Fwebhook-collect&text=&response_url=https%3A%2F%2Fhooks.slack.com%2Fcommands%2FT1DC2JH3J%2F397700885554"
        + "%2F96rGlfmibIGlgcZRskXaIFfN&trigger_id=398738663015.47445629121.803a0bc887a14d10d2c447fce8b6703c";

    [Theory]
    [InlineData("stripe", "whsec_test_secret", 1700000000, """{"id":"evt_test_1","object":"event","type":"charge.succeeded"}""",
        "t=1700000000,v1=b545d69c6084720e8ee59f9c3dd2b27543d2b6bb4ad3c1d54a140fe4508d4b7e")]
    [InlineData("github", "It's a Secret to Everybody", 0, "Hello, World!", "sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17")]
    [InlineData("slack", "8f742231b10e8888abcd99yyyzzz85a5", 1531420618, SlackBody, "v0=a2114d57b48eac39b9ad189dd8316235a7b4a8d21a10bd27519666489c69b503")]
    [InlineData("shopify", "hush", 0, """{"id":820982911946154508}""", "qBvrsZF7RfB1iS6BX6IHqJTp5L911P7intnPeTPsH0I=")]
    public void A_preset_signs_as_its_provider_does(string preset, string secret, long timestamp, string body, string expected)
    {
        var scheme = SignatureScheme.Presets[preset];

        var headers = SchemeSigner.Sign(scheme, [secret], Input(body, timestamp));

        Assert.Equal(expected, headers.Single(header => header.Key == scheme.Header).Value);
    }

    [Fact]
    public void A_scheme_of_ones_own_signs_what_it_says()
    {
        var scheme = new SignatureScheme
        {
            Header = "X-Signature",
            Content = "{method} {url} {id} {timestamp} {body} {unknown}",
            Algorithm = SignatureAlgorithm.HmacSha512,
            Encoding = BytesEncoding.Base64,
            KeyEncoding = BytesEncoding.Hex,
            Prefix = "id={id};",
            SignaturePrefix = "s=",
        };

        var header = SchemeSigner.Sign(scheme, ["00ff"], Input("{\"a\":\"{id}\"}", 7)).Single();

        var content = "POST https://example.com/hooks msg_1 7 {\"a\":\"{id}\"} {unknown}";
        var expected = Convert.ToBase64String(System.Security.Cryptography.HMACSHA512.HashData(Convert.FromHexString("00ff"), Encoding.UTF8.GetBytes(content)));
        Assert.Equal(new("X-Signature", $"id=msg_1;s={expected}"), header);
    }

    [Fact]
    public void While_a_secret_is_rotated_both_sign_where_the_header_can_say_so()
    {
        var stripe = SchemeSigner.Sign(SignatureScheme.Stripe, ["new", "old"], Input("{}", 1)).First().Value;
        var github = SchemeSigner.Sign(SignatureScheme.GitHub, ["new", "old"], Input("{}", 1)).First().Value;

        Assert.Equal(3, stripe.Split(',').Length);
        Assert.Equal(SchemeSigner.Sign(SignatureScheme.GitHub, ["new"], Input("{}", 1)).First().Value, github);
    }

    [Fact]
    public void Bytes_that_are_no_text_are_signed_as_they_are()
    {
        byte[] body = [0xff, 0x00, 0xfe];
        var input = new SigningInput { Id = "msg_1", Timestamp = 1, EventType = "e", Url = "", Method = "POST", Body = body };

        var header = SchemeSigner.Sign(SignatureScheme.GitHub, ["s"], input).First().Value;

        Assert.Equal("sha256=" + Convert.ToHexStringLower(System.Security.Cryptography.HMACSHA256.HashData("s"u8.ToArray(), body)), header);
    }

    [Theory]
    [InlineData("Hex", "HmacSha256", "xyz", "not hex")]
    [InlineData("Base64", "HmacSha256", "!!!", "not base64")]
    [InlineData("Hex", "Ed25519", "00ff", "32 bytes")]
    [InlineData("Utf8", "HmacSha256", "", "1 to 1024")]
    [InlineData("Utf8", "HmacSha256", "whsk_x", "private key")]
    public void A_secret_that_is_no_key_is_told(string encoding, string algorithm, string secret, string words)
    {
        var scheme = new SignatureScheme { Header = "X", KeyEncoding = Enum.Parse<BytesEncoding>(encoding), Algorithm = Enum.Parse<SignatureAlgorithm>(algorithm) };

        Assert.Contains(words, SchemeSigner.WhyNoKey(scheme, secret), StringComparison.Ordinal);
    }

    private static SigningInput Input(string body, long timestamp) => new()
    {
        Id = "msg_1",
        Timestamp = timestamp,
        EventType = "order.created",
        Url = "https://example.com/hooks",
        Method = "POST",
        Body = Encoding.UTF8.GetBytes(body),
    };
}
