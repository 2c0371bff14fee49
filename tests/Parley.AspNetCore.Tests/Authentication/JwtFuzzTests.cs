using System.Text;
using CsCheck;
using Parley.Authentication;

namespace Parley.AspNetCore.Tests.Authentication;

public sealed class JwtFuzzTests
{
    [Fact]
    public void No_text_is_answered_with_an_exception()
    {
        using var host = VerifierHost.WithSecret();

        Gen.OneOf(Gen.String, Gen.String[Gen.Char["eyJ.-_AZ09= \0"], 0, 200]).Sample(text =>
            Assert.Equal(TokenStatus.Invalid, host.StatusAsync(text).GetAwaiter().GetResult()));
    }

    [Fact]
    public void No_signed_bytes_are_answered_with_an_exception()
    {
        using var host = VerifierHost.WithSecret();

        Gen.Byte.Array[0, 100].Sample(bytes =>
        {
            var token = Jwt.Sign(bytes);
            host.StatusAsync(token).GetAwaiter().GetResult();
            host.SubscriptionStatusAsync(token).GetAwaiter().GetResult();
        });
    }

    [Fact]
    public void No_signed_JSON_is_answered_with_an_exception()
    {
        using var host = VerifierHost.WithSecret();
        var name = Gen.OneOf("sub", "exp", "nbf", "aud", "iss", "info", "b64info", "subs", "channels", "channel", "override", "presence", "value", "\\ud800", "");
        var value = Gen.Recursive<string>((depth, inner) => depth > 4
            ? Gen.OneOf("1", "-1", "1e999", "null", "true", "\"x\"", "\"\\ud800\"", "{}", "[]", "\"AAA=\"")
            : Gen.OneOf(
                Gen.OneOf("0", "2e9", "null", "\"parley\"", "\"\\udfff\"", "[[]]"),
                Gen.Select(name, inner, (key, item) => $"\"{key}\":{item}").Array[0, 4].Select(items => "{" + string.Join(',', items) + "}"),
                inner.Array[0, 3].Select(items => "[" + string.Join(',', items) + "]")));

        value.Sample(json =>
        {
            var token = Jwt.Sign(Encoding.UTF8.GetBytes(json));
            host.StatusAsync(token).GetAwaiter().GetResult();
            host.SubscriptionStatusAsync(token).GetAwaiter().GetResult();
        });
    }
}
