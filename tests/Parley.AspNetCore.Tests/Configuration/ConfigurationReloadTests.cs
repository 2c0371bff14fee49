using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Parley.AspNetCore.Tests.Authentication;
using Parley.Authentication;

namespace Parley.AspNetCore.Tests.Configuration;

public sealed class ConfigurationReloadTests
{
    [Fact]
    public void A_bad_reload_is_logged_and_the_last_good_options_stay()
    {
        var log = new RecordingLoggerProvider();
        var (configuration, services) = Build(log);
        using var _ = services;
        var monitor = services.GetRequiredService<IOptionsMonitor<ParleyOptions>>();
        var good = monitor.CurrentValue;

        Set(configuration, "Parley:Clients:MaxChannels", "0");
        Assert.Same(good, monitor.CurrentValue);
        Set(configuration, "Parley:Clients:MaxChannels", "many");
        Assert.Same(good, monitor.CurrentValue);
        Set(configuration, "Parley:Clients:MaxChannels", "");
        Assert.Same(good, monitor.CurrentValue);

        var errors = log.Entries.Where(entry => entry.Level == LogLevel.Error).Select(entry => entry.Text).ToList();
        Assert.Equal(3, errors.Count);
        Assert.Contains("Parley:Clients:MaxChannels = \"0\": must be 1 to 10000.", errors[0], StringComparison.Ordinal);
        Assert.All(errors[1..], static error => Assert.Contains("Parley:Clients:MaxChannels", error, StringComparison.Ordinal));
    }

    [Fact]
    public void After_a_bad_reload_a_good_one_counts_again()
    {
        var (configuration, services) = Build(new RecordingLoggerProvider());
        using var _ = services;
        var monitor = services.GetRequiredService<IOptionsMonitor<ParleyOptions>>();
        Assert.Equal(128, monitor.CurrentValue.Clients.MaxChannels);

        Set(configuration, "Parley:Clients:MaxChannels", "0");
        Set(configuration, "Parley:Clients:MaxChannels", "7");

        Assert.Equal(7, monitor.CurrentValue.Clients.MaxChannels);
    }

    [Fact]
    public async Task Tokens_are_verified_through_a_bad_reload()
    {
        var log = new RecordingLoggerProvider();
        var (configuration, services) = Build(log);
        using var _ = services;
        var verifier = services.GetRequiredService<ITokenVerifier>();
        var token = Jwt.Sign("""{"sub":"42"}""");
        Assert.Equal(TokenStatus.Valid, (await verifier.VerifyConnectionAsync(token)).Status);

        Set(configuration, "Parley:Tokens:HmacSecret", "canary-too-short");

        Assert.Equal(TokenStatus.Valid, (await verifier.VerifyConnectionAsync(token)).Status);
        Assert.Contains("Parley:Tokens:HmacSecret", log.AllText, StringComparison.Ordinal);
        Assert.DoesNotContain("canary", log.AllText, StringComparison.Ordinal);
    }

    [Fact]
    public void The_first_options_must_be_good()
    {
        var (configuration, services) = Build(new RecordingLoggerProvider());
        using var _ = services;
        Set(configuration, "Parley:Clients:MaxChannels", "0");

        Assert.Throws<OptionsValidationException>(() => services.GetRequiredService<IOptionsMonitor<ParleyOptions>>().CurrentValue);
        Assert.Throws<OptionsValidationException>(() => services.GetRequiredService<IOptions<ParleyOptions>>().Value);
    }

    private static (IConfigurationRoot Configuration, ServiceProvider Services) Build(RecordingLoggerProvider log)
    {
        var configuration = new ConfigurationBuilder()
            .AddInMemoryCollection([KeyValuePair.Create("Parley:Tokens:HmacSecret", (string?)Jwt.Secret)])
            .Build();
        var services = new ServiceCollection().AddLogging(logging => logging.AddProvider(log));
        services.AddParley(configuration.GetSection("Parley"));
        return (configuration, services.BuildServiceProvider());
    }

    private static void Set(IConfigurationRoot configuration, string key, string value)
    {
        configuration[key] = value;
        configuration.Reload();
    }
}
