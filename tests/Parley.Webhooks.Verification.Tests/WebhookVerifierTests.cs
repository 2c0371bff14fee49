using CsCheck;

namespace Parley.Webhooks.Verification.Tests;

public sealed class WebhookVerifierTests
{
    private const string Decoys = "v2,AAAA v1,MAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA= v1 , v1, v1,%%% nonsense";

    [Theory]
    [InlineData(Vectors.Secret, Vectors.V1)]
    [InlineData(Vectors.PublicKey, Vectors.V1a)]
    [InlineData(Vectors.PrivateKey, Vectors.V1a)]
    [InlineData(Vectors.Secret, Vectors.V1a + " " + Vectors.V1)]
    [InlineData(Vectors.PublicKey, Vectors.V1a + " " + Vectors.V1)]
    [InlineData(Vectors.Secret, Decoys + " " + Vectors.V1)]
    [InlineData(Vectors.Secret, Vectors.V1 + " " + Decoys)]
    public void Takes_what_one_of_its_keys_signed(string key, string signatures) =>
        Assert.Equal(WebhookVerdict.Valid, Verify(key, signatures));

    [Theory]
    [InlineData(Decoys)]
    [InlineData("v1,")]
    [InlineData("v1,g0hM9SsE")]
    [InlineData("v1a,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=")]
    [InlineData("v0,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=")]
    [InlineData("g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=")]
    public void Refuses_signatures_that_do_not_fit(string signatures) =>
        Assert.Equal(WebhookVerdict.InvalidSignature, Verify(Vectors.Secret, signatures));

    [Fact]
    public void A_public_key_is_no_secret_for_the_other_version()
    {
        // A signature made with the published key as an HMAC secret must not pass for one of its owner.
        var forged = WebhookKey.Parse("whsec_" + Vectors.PublicKey["whpk_".Length..]).Sign(Vectors.Id, Vectors.Timestamp, Vectors.Body);

        Assert.Equal(WebhookVerdict.InvalidSignature, Verify(Vectors.PublicKey, forged));
        Assert.Equal(WebhookVerdict.InvalidSignature, Verify(Vectors.PublicKey, forged.Replace("v1,", "v1a,", StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData(300, WebhookVerdict.Valid)]
    [InlineData(301, WebhookVerdict.TooOld)]
    [InlineData(-300, WebhookVerdict.Valid)]
    [InlineData(-301, WebhookVerdict.TooNew)]
    public void Timestamps_may_be_five_minutes_off_on_both_sides(int age, WebhookVerdict expected) =>
        Assert.Equal(expected, Verify(Vectors.Secret, Vectors.V1, Vectors.Timestamp + age));

    [Fact]
    public void The_tolerance_can_be_set()
    {
        var verifier = new WebhookVerifier([WebhookKey.Parse(Vectors.Secret)], TimeSpan.FromSeconds(10), Clock.At(Vectors.Timestamp + 11));

        Assert.Equal(WebhookVerdict.TooOld, verifier.Verify(Vectors.Id, Vectors.TimestampText, Vectors.V1, Vectors.Body));
    }

    [Theory]
    [InlineData(null, Vectors.TimestampText, Vectors.V1, WebhookVerdict.MissingHeader)]
    [InlineData(Vectors.Id, null, Vectors.V1, WebhookVerdict.MissingHeader)]
    [InlineData(Vectors.Id, Vectors.TimestampText, null, WebhookVerdict.MissingHeader)]
    [InlineData(Vectors.Id, Vectors.TimestampText, "", WebhookVerdict.MissingHeader)]
    [InlineData("msg.1", Vectors.TimestampText, Vectors.V1, WebhookVerdict.InvalidId)]
    [InlineData(Vectors.Id, "yesterday", Vectors.V1, WebhookVerdict.InvalidTimestamp)]
    [InlineData(Vectors.Id, "1614265330.0", Vectors.V1, WebhookVerdict.InvalidTimestamp)]
    [InlineData(Vectors.Id, "+1614265330", Vectors.V1, WebhookVerdict.InvalidTimestamp)]
    [InlineData(Vectors.Id, "01614265330", Vectors.V1, WebhookVerdict.InvalidTimestamp)]
    [InlineData(Vectors.Id, "-1", Vectors.V1, WebhookVerdict.InvalidTimestamp)]
    [InlineData(Vectors.Id, "99999999999999999999", Vectors.V1, WebhookVerdict.InvalidTimestamp)]
    [InlineData(Vectors.Id, "9223372036854775807", Vectors.V1, WebhookVerdict.TooNew)]
    [InlineData(Vectors.Id, "0", Vectors.V1, WebhookVerdict.TooOld)]
    public void Says_what_is_wrong_with_the_headers(string? id, string? timestamp, string? signatures, WebhookVerdict expected) =>
        Assert.Equal(expected, Verifier(Vectors.Secret).Verify(id, timestamp, signatures, Vectors.Body));

    [Fact]
    public void Both_keys_are_good_while_one_is_changed_for_the_other()
    {
        var (old, next) = (WebhookKey.CreateSecret(), WebhookKey.CreateSecret());
        var signatures = $"{next.Sign(Vectors.Id, Vectors.Timestamp, Vectors.Body)} {old.Sign(Vectors.Id, Vectors.Timestamp, Vectors.Body)}";

        Assert.Equal(WebhookVerdict.Valid, Verify(old.Export(), signatures));
        Assert.Equal(WebhookVerdict.Valid, Verify(next.Export(), signatures));
        Assert.Equal(WebhookVerdict.InvalidSignature, Verify(WebhookKey.CreateSecret().Export(), signatures));
    }

    [Theory]
    [InlineData(Vectors.Secret)]
    [InlineData(Vectors.PrivateKey)]
    public void One_changed_bit_is_noticed_wherever_it_is(string key) => Gen.Select(Gen.Byte.Array[0, 200], Gen.Int[0, 10_000], Gen.Int[0, 7])
        .Sample((body, position, bit) =>
        {
            var signer = WebhookKey.Parse(key);
            var signature = signer.Sign(Vectors.Id, Vectors.Timestamp, body);
            Assert.Equal(WebhookVerdict.Valid, Verify(key, signature, Vectors.Timestamp, body));

            var raw = Convert.FromBase64String(signature[(signature.IndexOf(',') + 1)..]);
            raw[position % raw.Length] ^= (byte)(1 << bit);
            Assert.Equal(WebhookVerdict.InvalidSignature, Verify(key, $"{signer.Version},{Convert.ToBase64String(raw)}", Vectors.Timestamp, body));
            if (body.Length == 0)
                return;

            body[position % body.Length] ^= (byte)(1 << bit);
            Assert.Equal(WebhookVerdict.InvalidSignature, Verify(key, signature, Vectors.Timestamp, body));
        }, iter: 200);

    [Fact]
    public void An_empty_body_is_signed_like_any_other()
    {
        var signature = WebhookKey.Parse(Vectors.Secret).Sign(Vectors.Id, Vectors.Timestamp, []);

        Assert.Equal(WebhookVerdict.Valid, Verify(Vectors.Secret, signature, Vectors.Timestamp, []));
    }

    [Fact]
    public void A_stranger_cannot_have_it_compute_without_end()
    {
        var many = string.Join(' ', Enumerable.Repeat("v1,AAAA", 32));

        Assert.Equal(WebhookVerdict.InvalidSignature, Verify(Vectors.Secret, many + " " + Vectors.V1));
    }

    [Fact]
    public void Needs_a_key() => Assert.Throws<ArgumentException>(() => new WebhookVerifier());

    private static WebhookVerdict Verify(string key, string signatures) => Verify(key, signatures, Vectors.Timestamp);

    private static WebhookVerdict Verify(string key, string signatures, long now) => Verify(key, signatures, now, Vectors.Body);

    private static WebhookVerdict Verify(string key, string signatures, long now, ReadOnlySpan<byte> body) =>
        Verifier(key, now).Verify(Vectors.Id, Vectors.TimestampText, signatures, body);

    private static WebhookVerifier Verifier(string key, long now = Vectors.Timestamp) => new([WebhookKey.Parse(key)], time: Clock.At(now));
}
