namespace Parley.Webhooks.Verification.Tests;

public sealed class WebhookKeyTests
{
    [Theory]
    [InlineData(Vectors.Secret, Vectors.V1)]
    [InlineData(Vectors.PrivateKey, Vectors.V1a)]
    public void Signs_as_the_reference_libraries_do(string key, string signature) =>
        Assert.Equal(signature, WebhookKey.Parse(key).Sign(Vectors.Id, Vectors.Timestamp, Vectors.Body));

    [Theory]
    [InlineData(Vectors.Secret, Vectors.Secret)]
    [InlineData(Vectors.PrivateKey, Vectors.PublicKey)]
    [InlineData(Vectors.PublicKey, Vectors.PublicKey)]
    public void Hands_out_the_key_for_those_who_verify(string key, string expected) =>
        Assert.Equal(expected, WebhookKey.Parse(key).VerificationKey.Export());

    [Theory]
    [InlineData(Vectors.Secret)]
    [InlineData(Vectors.PrivateKey)]
    [InlineData(Vectors.PublicKey)]
    public void Is_written_as_it_was_read(string key) => Assert.Equal(key, WebhookKey.Parse(key).Export());

    [Fact]
    public void A_secret_needs_neither_its_prefix_nor_its_padding()
    {
        var key = WebhookKey.Parse("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSwAA");

        Assert.Equal("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSwAA==", key.Export());
    }

    [Theory]
    [InlineData("")]
    [InlineData("whsec_")]
    [InlineData("whsec_not base64 at all, and long enough to be")]
    [InlineData("whsec_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=")] // 23 bytes
    [InlineData("whsec_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=")] // 65 bytes
    [InlineData("whpk_1SiA4o9hyqTCpIqC5V9HUakiiaeACeqfZTInDBbO")]
    [InlineData("whsk_1SiA4o9hyqTCpIqC5V9HUakiiaeACeqfZTInDBbOir4=")]
    public void What_is_no_key_is_refused_and_not_repeated(string text)
    {
        Assert.False(WebhookKey.TryParse(text, out _));

        var exception = Assert.Throws<FormatException>(() => WebhookKey.Parse(text));
        Assert.True(text.Length <= "whsec_".Length || !exception.Message.Contains(text["whsec_".Length..], StringComparison.Ordinal));
    }

    [Fact]
    public void A_private_key_with_the_public_half_of_another_is_refused()
    {
        var bytes = Convert.FromBase64String(Vectors.PrivateKey["whsk_".Length..]);
        bytes[^1] ^= 1;

        Assert.False(WebhookKey.TryParse("whsk_" + Convert.ToBase64String(bytes), out _));
    }

    [Theory]
    [InlineData("")]
    [InlineData("msg.1")]
    [InlineData("msg 1")]
    [InlineData("msg\r\n1")]
    [InlineData("mség")]
    public void Refuses_an_id_that_makes_the_signed_text_ambiguous(string id) =>
        Assert.Throws<ArgumentException>(() => WebhookKey.Parse(Vectors.Secret).Sign(id, Vectors.Timestamp, Vectors.Body));

    [Fact]
    public void A_public_key_cannot_sign()
    {
        var key = WebhookKey.Parse(Vectors.PublicKey);

        Assert.False(key.CanSign);
        Assert.Throws<InvalidOperationException>(() => key.Sign(Vectors.Id, Vectors.Timestamp, Vectors.Body));
    }

    [Theory]
    [InlineData(Vectors.Secret)]
    [InlineData(Vectors.PrivateKey)]
    public void Does_not_show_itself_in_logs(string text) =>
        Assert.DoesNotContain(text[6..12], WebhookKey.Parse(text).ToString(), StringComparison.Ordinal);

    [Fact]
    public void New_keys_differ_and_verify_what_they_signed()
    {
        foreach (var create in new Func<WebhookKey>[] { WebhookKey.CreateSecret, WebhookKey.CreatePrivateKey })
        {
            var (key, other) = (create(), create());
            var signature = key.Sign("msg_1", Vectors.Timestamp, Vectors.Body);

            Assert.NotEqual(key.Export(), other.Export());
            Assert.Equal(WebhookVerdict.Valid, Verify(key, signature));
            Assert.Equal(WebhookVerdict.InvalidSignature, Verify(other, signature));
        }
    }

    private static WebhookVerdict Verify(WebhookKey key, string signature) =>
        new WebhookVerifier([key], time: Clock.At(Vectors.Timestamp)).Verify("msg_1", Vectors.TimestampText, signature, Vectors.Body);
}
