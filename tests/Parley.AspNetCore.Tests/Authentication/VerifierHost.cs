using System.Text;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;
using Parley.AspNetCore.Authentication;
using Parley.Authentication;

namespace Parley.AspNetCore.Tests.Authentication;

/// <summary>A verifier over real configuration, which can be changed and reloaded.</summary>
internal sealed class VerifierHost : IDisposable
{
    private readonly ServiceProvider _services;
    private readonly IConfigurationRoot _configuration;

    public VerifierHost(params (string Key, string? Value)[] settings)
    {
        _configuration = new ConfigurationBuilder()
            .AddInMemoryCollection(settings.ToDictionary(setting => "Parley:" + setting.Key, setting => setting.Value))
            .Build();
        _services = new ServiceCollection()
            .AddLogging(logging => logging.SetMinimumLevel(LogLevel.Trace).AddProvider(Log))
            .AddSingleton<TimeProvider>(Time)
            .AddSingleton<ITokenVerifier, JwtVerifier>()
            .AddOptions<ParleyOptions>().Bind(_configuration.GetSection("Parley")).Services
            .BuildServiceProvider();
        Verifier = _services.GetRequiredService<ITokenVerifier>();
        Issuer = new TokenIssuer(_services.GetRequiredService<IOptionsMonitor<ParleyOptions>>(), Time);
    }

    public static VerifierHost WithSecret(params (string Key, string? Value)[] more) => new([("Tokens:HmacSecret", Jwt.Secret), .. more]);

    public FakeTimeProvider Time { get; } = new(DateTimeOffset.FromUnixTimeSeconds(Jwt.Now));

    public RecordingLoggerProvider Log { get; } = new();

    public ITokenVerifier Verifier { get; }

    public TokenIssuer Issuer { get; }

    public void Set(string key, string? value)
    {
        _configuration["Parley:" + key] = value;
        _configuration.Reload();
    }

    public async Task<TokenStatus> StatusAsync(string token) => (await Verifier.VerifyConnectionAsync(token)).Status;

    public async Task<TokenStatus> SubscriptionStatusAsync(string token) => (await Verifier.VerifySubscriptionAsync(token)).Status;

    public async Task<ConnectionToken> ConnectionAsync(string token)
    {
        var result = await Verifier.VerifyConnectionAsync(token);
        Assert.Equal(TokenStatus.Valid, result.Status);
        return result.Token!;
    }

    public async Task<SubscriptionToken> SubscriptionAsync(string token)
    {
        var result = await Verifier.VerifySubscriptionAsync(token);
        Assert.Equal(TokenStatus.Valid, result.Status);
        return result.Token!;
    }

    public static string Text(ReadOnlyMemory<byte> bytes) => Encoding.UTF8.GetString(bytes.Span);

    public void Dispose() => _services.Dispose();
}
