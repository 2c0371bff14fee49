using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Logging;
using Parley.Authentication;

namespace Parley.AspNetCore.Tests.Authentication;

public sealed class JwtSignatureTests
{
    private const string Claims = """{"sub":"42","exp":4102444800}""";

    // Made with `openssl dgst -sha256|-sha384|-sha512 -hmac SECRET` over {"alg":"HS..."} and the claims above.
    private const string Hs256 = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiI0MiIsImV4cCI6NDEwMjQ0NDgwMH0.GvQFrZFwKwIoRPZk0Ib_JhMIoW9hmxVAbeRUsR-1dKU";

    private const string Hs384 =
        "eyJhbGciOiJIUzM4NCJ9.eyJzdWIiOiI0MiIsImV4cCI6NDEwMjQ0NDgwMH0.7ZUtbpamxIyWpH7U8Ql07g6o_iwMTkEXiK9cmLQtI6YRhp9gSKb-M0GUC-HE57uu";

    private const string Hs512 =
        "eyJhbGciOiJIUzUxMiJ9.eyJzdWIiOiI0MiIsImV4cCI6NDEwMjQ0NDgwMH0.j93t7RBiU_tivHHlGPFsanVwh9_mMah8AYCsRkVFuCNmGDKvqRPYeROuGF8FfgpTVFwDFKhsZaxOecibTnTxvg";

    [Theory]
    [InlineData(Hs256)]
    [InlineData(Hs384)]
    [InlineData(Hs512)]
    public async Task A_token_signed_by_openssl_is_valid(string token)
    {
        using var host = VerifierHost.WithSecret();

        Assert.Equal("42", (await host.ConnectionAsync(token)).User);
    }

    [Fact]
    public async Task The_example_of_jwt_io_is_valid()
    {
        using var host = new VerifierHost(("Tokens:HmacSecret", "a-string-secret-at-least-256-bits-long"));

        var token = await host.ConnectionAsync(
            "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJzdWIiOiIxMjM0NTY3ODkwIiwibmFtZSI6IkpvaG4gRG9lIiwiYWRtaW4iOnRydWUsImlhdCI6MTUxNjIzOTAyMn0."
            + "KMUFsIDTnFmyG3nMiGM6H9FNFUROf3wh7SmqJp-QV30");

        Assert.Equal("1234567890", token.User);
        Assert.Null(token.ExpireAt);
    }

    [Fact]
    public async Task A_token_of_another_secret_is_invalid()
    {
        using var host = VerifierHost.WithSecret();

        Assert.Equal(TokenStatus.Invalid, await host.StatusAsync(Jwt.Sign(Claims, secret: Jwt.OtherSecret)));
    }

    [Fact]
    public async Task Without_a_secret_every_token_is_invalid()
    {
        using var host = new VerifierHost();

        Assert.Equal(TokenStatus.Invalid, await host.StatusAsync(Jwt.Sign(Claims)));
        Assert.Equal(TokenStatus.Invalid, await host.StatusAsync(Jwt.Sign(Claims, secret: "")));
    }

    [Fact]
    public async Task No_single_changed_character_goes_unnoticed()
    {
        using var host = VerifierHost.WithSecret();
        var token = Jwt.Sign(Claims);
        // The lowest bits of a part's last character belong to no byte; there alone two texts may say the same.
        var lastOfPart = token.Split('.').Aggregate((Ends: new List<int>(), At: -1), (sum, part) =>
        {
            sum.Ends.Add(sum.At + part.Length);
            return (sum.Ends, sum.At + part.Length + 1);
        }).Ends;

        for (var index = 0; index < token.Length; index++)
        {
            if (lastOfPart.Contains(index))
                continue;
            var changed = token.ToCharArray();
            changed[index] = changed[index] == 'A' ? 'B' : 'A';
            Assert.Equal(TokenStatus.Invalid, await host.StatusAsync(new string(changed)));
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(16)]
    [InlineData(31)]
    public async Task A_signature_that_is_cut_short_is_invalid(int bytes)
    {
        using var host = VerifierHost.WithSecret();
        var content = Hs256[..Hs256.LastIndexOf('.')];
        var signature = HMACSHA256.HashData(Encoding.UTF8.GetBytes(Jwt.Secret), Encoding.ASCII.GetBytes(content));

        Assert.Equal(TokenStatus.Invalid, await host.StatusAsync($"{content}.{Jwt.Encode(signature.AsSpan(0, bytes))}"));
        Assert.Equal(TokenStatus.Valid, await host.StatusAsync($"{content}.{Jwt.Encode(signature)}"));
    }

    [Theory]
    [InlineData("""{"alg":"none"}""")]
    [InlineData("""{"alg":"None"}""")]
    [InlineData("""{"alg":"NONE","typ":"JWT"}""")]
    [InlineData("""{"alg":""}""")]
    [InlineData("""{"alg":null}""")]
    [InlineData("""{}""")]
    public async Task A_token_without_an_algorithm_is_invalid_signed_or_not(string header)
    {
        using var host = VerifierHost.WithSecret();
        var content = $"{Jwt.Encode(Encoding.UTF8.GetBytes(header))}.{Jwt.Encode(Encoding.UTF8.GetBytes(Claims))}";

        Assert.Equal(TokenStatus.Invalid, await host.StatusAsync(content + "."));
        Assert.Equal(TokenStatus.Invalid, await host.StatusAsync(content));
        Assert.Equal(TokenStatus.Invalid, await host.StatusAsync(Jwt.Sign(Claims, header)));
    }

    [Theory]
    [InlineData("hs256")]
    [InlineData("HS256 ")]
    [InlineData("HS1")]
    [InlineData("RS256")]
    [InlineData("PS256")]
    [InlineData("ES256")]
    [InlineData("EdDSA")]
    [InlineData("dir")]
    [InlineData("A256KW")]
    [InlineData("http://www.w3.org/2001/04/xmldsig-more#hmac-sha256")]
    public async Task Only_the_three_algorithms_of_the_key_are_taken(string algorithm)
    {
        using var host = VerifierHost.WithSecret();

        Assert.Equal(TokenStatus.Invalid, await host.StatusAsync(Jwt.Sign(Claims, $$"""{"alg":"{{algorithm}}"}""")));
    }

    [Fact]
    public async Task The_hash_must_be_the_one_that_alg_names()
    {
        using var host = VerifierHost.WithSecret();

        // Signed with SHA-256, said to be SHA-384 or SHA-512.
        Assert.Equal(TokenStatus.Invalid, await host.StatusAsync(Jwt.Sign(Claims, """{"alg":"HS384"}""")));
        Assert.Equal(TokenStatus.Invalid, await host.StatusAsync(Jwt.Sign(Claims, """{"alg":"HS512"}""")));
    }

    [Fact]
    public async Task An_RSA_token_is_invalid_even_when_its_public_key_is_the_secret()
    {
        using var rsa = RSA.Create(2048);
        var pem = rsa.ExportSubjectPublicKeyInfoPem();
        using var host = new VerifierHost(("Tokens:HmacSecret", pem));
        var content = $"{Jwt.Encode("""{"alg":"RS256"}"""u8)}.{Jwt.Encode(Encoding.UTF8.GetBytes(Claims))}";
        var signature = rsa.SignData(Encoding.ASCII.GetBytes(content), HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);

        Assert.Equal(TokenStatus.Invalid, await host.StatusAsync($"{content}.{Jwt.Encode(signature)}"));
        Assert.Equal(TokenStatus.Invalid, await host.StatusAsync(Jwt.Sign(Claims, """{"alg":"RS256"}""", pem)));
    }

    [Fact]
    public async Task A_key_that_the_token_brings_along_is_not_used()
    {
        using var host = VerifierHost.WithSecret();
        var jwk = $$"""{"kty":"oct","alg":"HS256","k":"{{Jwt.Encode(Encoding.UTF8.GetBytes(Jwt.OtherSecret))}}"}""";
        string[] headers =
        [
            $$"""{"alg":"HS256","jwk":{{jwk}}}""",
            """{"alg":"HS256","jku":"http://127.0.0.1:1/keys.json"}""",
            """{"alg":"HS256","x5u":"http://127.0.0.1:1/key.pem"}""",
            """{"alg":"HS256","x5c":["MIIB"]}""",
            """{"alg":"HS256","kid":"../../../../dev/null"}""",
            """{"alg":"HS256","kid":"' OR '1'='1"}""",
        ];

        foreach (var header in headers)
        {
            Assert.Equal(TokenStatus.Invalid, await host.StatusAsync(Jwt.Sign(Claims, header, Jwt.OtherSecret)));
            Assert.Equal(TokenStatus.Invalid, await host.StatusAsync(Jwt.Sign(Claims, header, "")));
            // Signed with the right secret they are good: the headers are ignored, not obeyed.
            Assert.Equal(TokenStatus.Valid, await host.StatusAsync(Jwt.Sign(Claims, header)));
        }
    }

    [Theory]
    [InlineData("""{"alg":"HS256","crit":["exp"],"exp":1}""")]
    [InlineData("""{"alg":"HS256","alg":"HS256"}""")]
    [InlineData("""{"alg":"none","alg":"HS256"}""")]
    [InlineData("""{"alg":["HS256"]}""")]
    [InlineData("""["alg","HS256"]""")]
    [InlineData("""{"alg":"HS256"} """ + "x")]
    [InlineData("""{"alg":"HS256\ud800"}""")]
    [InlineData("null")]
    [InlineData("HS256")]
    public async Task A_header_that_demands_or_doubles_is_invalid(string header)
    {
        using var host = VerifierHost.WithSecret();

        Assert.Equal(TokenStatus.Invalid, await host.StatusAsync(Jwt.Sign(Claims, header)));
    }

    [Theory]
    [InlineData("")]
    [InlineData(".")]
    [InlineData("..")]
    [InlineData("...")]
    [InlineData("a.b.c")]
    [InlineData("a")]
    [InlineData("eyJhbGciOiJIUzI1NiJ9..GvQF")]
    [InlineData(" " + Hs256)]
    [InlineData(Hs256 + " ")]
    [InlineData(Hs256 + "\n")]
    [InlineData(Hs256 + "=")]
    [InlineData(Hs256 + ".")]
    [InlineData("." + Hs256)]
    [InlineData(Hs256 + ".e30.e30")]
    [InlineData("Bearer " + Hs256)]
    [InlineData("\u0000")]
    [InlineData("ééé.ééé.ééé")]
    public async Task A_text_that_is_no_token_is_invalid(string token)
    {
        using var host = VerifierHost.WithSecret();

        Assert.Equal(TokenStatus.Invalid, await host.StatusAsync(token));
        Assert.Equal(TokenStatus.Invalid, await host.SubscriptionStatusAsync(token));
    }

    [Fact]
    public async Task A_token_over_16_KiB_is_invalid_though_it_is_well_signed()
    {
        using var host = VerifierHost.WithSecret();
        string Token(int filler) => Jwt.Sign($$"""{"sub":"42","info":"{{new string('x', filler)}}"}""");
        // Four characters carry three bytes.
        var filler = (16 * 1024 * 3 / 4) - 200;
        while (Token(filler + 1).Length <= 16 * 1024)
            filler++;

        Assert.Equal(TokenStatus.Valid, await host.StatusAsync(Token(filler)));
        Assert.Equal(TokenStatus.Invalid, await host.StatusAsync(Token(filler + 3)));
    }

    [Theory]
    [InlineData("HS384", 47, false)]
    [InlineData("HS384", 48, true)]
    [InlineData("HS512", 63, false)]
    [InlineData("HS512", 64, true)]
    public async Task A_secret_shorter_than_the_hash_does_not_verify_it(string algorithm, int secretBytes, bool valid)
    {
        var secret = new string('k', secretBytes);
        using var host = new VerifierHost(("Tokens:HmacSecret", secret));
        var content = $$"""{"alg":"{{algorithm}}"}""";
        content = $"{Jwt.Encode(Encoding.UTF8.GetBytes(content))}.{Jwt.Encode(Encoding.UTF8.GetBytes(Claims))}";
        byte[] key = Encoding.UTF8.GetBytes(secret), bytes = Encoding.ASCII.GetBytes(content);
        var signature = algorithm == "HS384" ? HMACSHA384.HashData(key, bytes) : HMACSHA512.HashData(key, bytes);

        Assert.Equal(valid ? TokenStatus.Valid : TokenStatus.Invalid, await host.StatusAsync($"{content}.{Jwt.Encode(signature)}"));
        Assert.Equal(!valid, host.Log.AllText.Contains("too short", StringComparison.Ordinal));
    }

    [Fact]
    public async Task The_log_says_which_check_failed_at_Debug_and_nothing_of_the_token()
    {
        using var host = VerifierHost.WithSecret();
        var token = Jwt.Sign("""{"sub":"canary-user","channels":"canary-channel"}""");

        await host.StatusAsync(token);
        await host.StatusAsync(Jwt.Sign("""{"sub":"canary-user"}""", secret: Jwt.OtherSecret));

        Assert.All(host.Log.Entries, entry => Assert.Equal(LogLevel.Debug, entry.Level));
        Assert.Contains("claim channels", host.Log.AllText, StringComparison.Ordinal);
        Assert.Contains("its signature", host.Log.AllText, StringComparison.Ordinal);
        Assert.DoesNotContain("canary", host.Log.AllText, StringComparison.Ordinal);
        foreach (var part in token.Split('.'))
            Assert.DoesNotContain(part, host.Log.AllText, StringComparison.Ordinal);
    }
}
