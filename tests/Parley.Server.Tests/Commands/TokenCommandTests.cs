using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace Parley.Server.Tests.Commands;

public sealed class TokenCommandTests : IDisposable
{
    private const string Secret = "a secret of more than thirty-two bytes, for tests";

    private readonly TestFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Token_prints_a_connection_token_alone_signed_with_the_configured_secret()
    {
        var claims = await MakeAsync(Secret, "--user", "alice", "--Parley:Tokens:HmacSecret", Secret);

        Assert.Equal("alice", claims.GetProperty("sub").GetString());
        Assert.Equal(3600, claims.GetProperty("exp").GetInt64() - claims.GetProperty("iat").GetInt64(), 1.0);
        Assert.False(claims.TryGetProperty("channel", out _));
    }

    [Fact]
    public async Task Token_says_what_its_options_say()
    {
        var claims = await MakeAsync(
            Secret, "--Parley:Tokens:HmacSecret", Secret, "--Parley:Tokens:Issuer", "house", "--Parley:Tokens:Audience", "parley",
            "--user", "", "--ttl", "never", "--info", """{"name":"A \"quoted\" name"}""", "--channels", "news, chat", "--expire-at", "4102444800");

        Assert.Equal("", claims.GetProperty("sub").GetString());
        Assert.False(claims.TryGetProperty("exp", out _));
        Assert.Equal("A \"quoted\" name", claims.GetProperty("info").GetProperty("name").GetString());
        Assert.Equal(["news", "chat"], claims.GetProperty("channels").EnumerateArray().Select(item => item.GetString()));
        Assert.Equal(4102444800, claims.GetProperty("expire_at").GetInt64(), 1.0);
        Assert.Equal("house", claims.GetProperty("iss").GetString());
        Assert.Equal("parley", claims.GetProperty("aud").GetString());
    }

    [Fact]
    public async Task Token_with_a_channel_is_a_subscription_token_signed_with_the_secret_of_those()
    {
        const string Other = "another secret of more than thirty-two bytes";

        var claims = await MakeAsync(
            Other, "--Parley:Tokens:HmacSecret", Secret, "--Parley:SubscriptionTokens:HmacSecret", Other,
            "--user", "alice", "--channel", "$orders", "--ttl", "5m", "--expire-at", "never");

        Assert.Equal("alice", claims.GetProperty("sub").GetString());
        Assert.Equal("$orders", claims.GetProperty("channel").GetString());
        Assert.Equal(0, claims.GetProperty("expire_at").GetInt64());
    }

    [Fact]
    public async Task Token_without_a_configured_secret_makes_one_and_uses_it_from_then_on()
    {
        await using var first = await ServerProcess.RunAsync(_folder, ["token", "--user", "alice"]);
        var secret = JsonDocument.Parse(File.ReadAllText(_folder.KeyFile)).RootElement.GetProperty("tokenSecret").GetString()!;

        await MakeAsync(secret, "--user", "bob");
        Assert.Equal("alice", Verify(first.Output.TrimEnd(), secret).GetProperty("sub").GetString());
    }

    [Fact]
    public async Task Token_with_a_bad_configuration_exits_with_1()
    {
        await using var run = await ServerProcess.RunAsync(_folder, ["token", "--user", "alice", "--Parley:Broker:Type", "nats"]);

        Assert.Equal(1, run.ExitCode);
        Assert.Empty(run.Output);
        Assert.Contains("Parley:Broker:Type", run.Error);
    }

    private async Task<JsonElement> MakeAsync(string secret, params string[] arguments)
    {
        await using var run = await ServerProcess.RunAsync(_folder, ["token", .. arguments]);
        Assert.True(run.ExitCode == 0, run.Everything);
        Assert.Empty(run.Error);
        return Verify(Assert.Single(run.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries)), secret);
    }

    private static JsonElement Verify(string token, string secret)
    {
        var parts = token.Split('.');
        var signature = HMACSHA256.HashData(Encoding.UTF8.GetBytes(secret), Encoding.UTF8.GetBytes($"{parts[0]}.{parts[1]}"));
        Assert.Equal(Base64Url.EncodeToString(signature), parts[2]);
        Assert.Equal("HS256", JsonDocument.Parse(Base64Url.DecodeFromChars(parts[0])).RootElement.GetProperty("alg").GetString());
        return JsonDocument.Parse(Base64Url.DecodeFromChars(parts[1])).RootElement;
    }
}
