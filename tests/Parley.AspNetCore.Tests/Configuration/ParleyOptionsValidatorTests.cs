using System.Text;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using Parley.AspNetCore.Configuration;
using Parley.Channels;

namespace Parley.AspNetCore.Tests.Configuration;

public sealed class ParleyOptionsValidatorTests
{
    private const string Secret = "0123456789abcdef0123456789abcdef";

    [Fact]
    public void The_defaults_are_good() => Assert.Empty(ParleyOptionsValidator.Check(new ParleyOptions()));

    [Fact]
    public void A_configuration_of_all_that_can_be_set_is_good()
    {
        Assert.Empty(Problems(
            ("Clients:AllowedOrigins:0", "*"), ("Clients:AllowedOrigins:1", "https://app.example.com"), ("Clients:AllowedOrigins:2", "https://*.example.com:8443"),
            ("Clients:AllowedOrigins:3", "capacitor://localhost"), ("Clients:PingInterval", "00:00:01"), ("Clients:PongTimeout", "00:00:00.5"),
            ("Clients:SubscribeToPersonalChannel", "true"), ("Clients:PersonalChannelNamespace", "me"), ("Clients:DrainWindow", "00:00:00"),
            ("Tokens:HmacSecret", Secret), ("Tokens:Issuer", "me"), ("Tokens:Audience", "parley"), ("SubscriptionTokens:HmacSecret", Secret),
            ("Api:Keys:0", "0123456789abcdef"), ("Channels:Namespaces:me:Presence", "true"), ("Channels:Namespaces:a-b_c.D9:HistorySize", "100000"),
            ("Channels:Namespaces:a-b_c.D9:HistoryTtl", "30.00:00:00"), ("Channels:Namespaces:a-b_c.D9:ForceRecovery", "true"),
            ("Channels:Namespaces:a-b_c.D9:AllowRecovery", "true"), ("Channels:Namespaces:a-b_c.D9:ForcePositioning", "true"),
            ("Channels:Namespaces:a-b_c.D9:AllowPositioning", "true"), ("Channels:Namespaces:a-b_c.D9:ChannelPattern", "[a-z]+|room[0-9]{1,3}")));
    }

    [Theory]
    [InlineData("Clients:PingInterval", "00:00:00.9999999", "00:00:01 to 01:00:00")]
    [InlineData("Clients:PingInterval", "01:00:00.0000001", "00:00:01 to 01:00:00")]
    [InlineData("Clients:PongTimeout", "00:00:25", "shorter than PingInterval, which is 00:00:25")]
    [InlineData("Clients:PongTimeout", "00:00:00", "00:00:00.1 to 01:00:00")]
    [InlineData("Clients:StaleTimeout", "00:00:00.5", "00:00:01 to 00:10:00")]
    [InlineData("Clients:StaleTimeout", "00:10:01", "00:00:01 to 00:10:00")]
    [InlineData("Clients:DrainWindow", "00:10:01", "00:00:00 to 00:10:00")]
    [InlineData("Clients:MaxMessageBytes", "1023", "1024 to 67108864")]
    [InlineData("Clients:MaxMessageBytes", "67108865", "1024 to 67108864")]
    [InlineData("Clients:MaxQueuedBytes", "4095", "4096 to 67108864")]
    [InlineData("Clients:MaxChannels", "0", "1 to 10000")]
    [InlineData("Clients:MaxChannels", "10001", "1 to 10000")]
    [InlineData("Clients:Concurrency", "0", "1 to 64")]
    [InlineData("Clients:Concurrency", "65", "1 to 64")]
    [InlineData("Clients:MaxConnections", "-1", "0, which is no limit")]
    [InlineData("Clients:MaxConnectionsPerUser", "-1", "0, which is no limit")]
    [InlineData("Clients:HandshakesPerSecond", "-1", "0, which is no limit")]
    [InlineData("Clients:AllowedOrigins:0", "app.example.com", "https://app.example.com")]
    [InlineData("Clients:AllowedOrigins:0", "https://app.example.com/", "without a path")]
    [InlineData("Clients:AllowedOrigins:0", "https://app*.example.com", "https://*.example.com")]
    [InlineData("Clients:AllowedOrigins:0", "", "is not an origin")]
    [InlineData("Channels:MaxNameBytes", "0", "1 to 4096")]
    [InlineData("Channels:MaxHistoryLimit", "100001", "1 to 100000")]
    [InlineData("Channels:PositionCheckInterval", "00:00:00", "00:00:01 to 01:00:00")]
    [InlineData("Channels:Default:HistorySize", "100001", "0 to 100000")]
    [InlineData("Channels:Default:HistorySize", "5", "HistoryTtl")]
    [InlineData("Channels:Default:HistoryTtl", "-00:00:01", "zero")]
    [InlineData("Channels:Default:HistoryMetaTtl", "-00:00:01", "at least HistoryTtl, which is 00:00:00")]
    [InlineData("Channels:Default:ForceRecovery", "True", "needs history")]
    [InlineData("Channels:Default:AllowRecovery", "True", "needs history")]
    [InlineData("Channels:Default:ForcePositioning", "True", "needs history")]
    [InlineData("Channels:Namespaces:news:AllowPositioning", "True", "needs history")]
    [InlineData("Channels:Namespaces:news:RecoveryMode", "Cache", "not available yet")]
    [InlineData("Channels:Namespaces:news:DeltaPublish", "True", "not available yet")]
    [InlineData("Channels:Namespaces:news:AllowTagsFilter", "True", "not available yet")]
    [InlineData("Channels:Namespaces:news:ChannelPattern", "[a-z", "is not a regular expression")]
    [InlineData("Channels:Namespaces:news:ChannelPattern", "(a)\\1", "back-references")]
    [InlineData("Channels:Namespaces:news:ChannelPattern", "(?=a)a", "lookarounds")]
    [InlineData("Tokens:JwksUrl", "https://example.com/jwks", "not available yet")]
    [InlineData("Tokens:Issuer", "", "Remove the key")]
    [InlineData("Tokens:Audience", "", "Remove the key")]
    public void A_bad_value_is_named_with_its_key_and_a_remedy(string key, string value, string remedy)
    {
        var problem = Assert.Single(Problems((key, value)));

        Assert.Equal("Parley:" + key, problem.Key);
        Assert.Equal(value, problem.Value, ignoreCase: true);
        Assert.Contains(remedy, problem.Remedy, StringComparison.Ordinal);
        Assert.Contains($"Parley:{key} = \"", problem.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Channels:Namespaces:x:Presence", "Channels:Namespaces:x", "at least two")]
    [InlineData("Channels:Namespaces:a b:Presence", "Channels:Namespaces:a b", "letters")]
    [InlineData("Channels:Namespaces:grün:Presence", "Channels:Namespaces:grün", "letters")]
    [InlineData("Channels:Namespaces:news\n:Presence", "Channels:Namespaces:news\n", "letters")]
    public void A_bad_name_of_a_namespace_is_named(string key, string expected, string remedy)
    {
        var problem = Assert.Single(Problems((key, "true")));

        Assert.Equal("Parley:" + expected, problem.Key);
        Assert.Contains(remedy, problem.Remedy, StringComparison.Ordinal);
    }

    [Fact]
    public void History_meta_must_outlast_history()
    {
        var problem = Assert.Single(Problems(
            ("Channels:Default:HistorySize", "1"), ("Channels:Default:HistoryTtl", "31.00:00:00")));

        Assert.Equal("Parley:Channels:Default:HistoryMetaTtl", problem.Key);
        Assert.Contains("31.00:00:00", problem.Remedy, StringComparison.Ordinal);
    }

    [Fact]
    public void A_personal_channel_needs_its_namespace()
    {
        var problem = Assert.Single(Problems(("Clients:SubscribeToPersonalChannel", "true"), ("Clients:PersonalChannelNamespace", "me")));

        Assert.Equal("Parley:Clients:PersonalChannelNamespace", problem.Key);
        Assert.Contains("Parley:Channels:Namespaces:me", problem.Remedy, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Tokens:HmacSecret", "canary-of-31-bytes-0123456789ab")]
    [InlineData("SubscriptionTokens:HmacSecret", "canary")]
    [InlineData("Api:Keys:0", "canary-15-chars")]
    [InlineData("Api:Keys:0", "canary with spaces in it")]
    [InlineData("Api:Keys:0", "canary-with-ümlaut-in-it")]
    public void Nothing_of_a_secret_is_shown(string key, string value)
    {
        var problem = Assert.Single(Problems((key, value)));

        Assert.Equal("Parley:" + key, problem.Key);
        Assert.Null(problem.Value);
        Assert.DoesNotContain("canary", problem.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void The_length_of_a_secret_is_counted_in_bytes()
    {
        Assert.Empty(Problems(("Tokens:HmacSecret", new string('ü', 16))));
        Assert.Contains("has 30 bytes", Assert.Single(Problems(("Tokens:HmacSecret", new string('ü', 15)))).Remedy, StringComparison.Ordinal);
    }

    [Fact]
    public void Subscription_tokens_with_options_but_no_secret_are_named()
    {
        var problem = Assert.Single(Problems(("SubscriptionTokens:Issuer", "me")));

        Assert.Equal("Parley:SubscriptionTokens:HmacSecret", problem.Key);
    }

    [Fact]
    public void What_is_not_available_yet_is_named()
    {
        var problems = Problems(("Tokens:PublicKeys:0", "-----BEGIN PUBLIC KEY-----"), ("Channels:Default:DeltaTypes:0", "fossil"));

        Assert.Equal(["Parley:Channels:Default:DeltaTypes", "Parley:Tokens:PublicKeys"], problems.Select(problem => problem.Key));
        Assert.All(problems, problem => Assert.Contains("not available yet", problem.Remedy, StringComparison.Ordinal));
    }

    [Fact]
    public void All_problems_are_found_at_once()
    {
        var problems = Problems(("Clients:MaxChannels", "0"), ("Tokens:HmacSecret", "short"), ("Api:Keys:1", "short"), ("Channels:Namespaces:x:HistorySize", "-1"));

        Assert.Equal(
            ["Parley:Clients:MaxChannels", "Parley:Channels:Namespaces:x", "Parley:Channels:Namespaces:x:HistorySize", "Parley:Tokens:HmacSecret", "Parley:Api:Keys:0"],
            problems.Select(problem => problem.Key));
    }

    [Theory]
    [InlineData("""{"Clients":null,"Channels":null,"Tokens":null,"SubscriptionTokens":null,"Api":null}""")]
    [InlineData("""{"Clients":{"AllowedOrigins":null,"PersonalChannelNamespace":null},"Channels":{"Default":null,"Namespaces":null},"Tokens":{"PublicKeys":null},"Api":{"Keys":null}}""")]
    [InlineData("""{"Clients":{"AllowedOrigins":[null]},"Channels":{"Default":{"DeltaTypes":null},"Namespaces":{"news":null}},"Api":{"Keys":[null]}}""")]
    public void Null_in_a_file_is_never_a_crash(string json)
    {
        using var file = new MemoryStream(Encoding.UTF8.GetBytes($"{{\"Parley\":{json}}}"));
        var options = new ParleyOptions();
        new ConfigurationBuilder().AddJsonStream(file).Build().GetSection("Parley").Bind(options);

        Assert.All(ParleyOptionsValidator.Check(options), problem => Assert.NotEmpty(problem.Remedy));
    }

    [Fact]
    public void Every_number_and_time_has_a_rule()
    {
        object[] sections = [new ParleyOptions().Clients, new ParleyOptions().Channels, new ChannelOptions()];
        foreach (var type in sections.Select(section => section.GetType()))
        {
            foreach (var property in type.GetProperties().Where(property => property.PropertyType == typeof(int) || property.PropertyType == typeof(TimeSpan)))
            {
                var options = new ParleyOptions();
                object section = type == typeof(ChannelOptions) ? options.Channels.Default : type == typeof(ChannelsOptions) ? options.Channels : options.Clients;
                property.SetValue(section, property.PropertyType == typeof(int) ? int.MinValue : TimeSpan.MinValue);

                Assert.Contains(ParleyOptionsValidator.Check(options), problem => problem.Key.EndsWith(":" + property.Name, StringComparison.Ordinal));
            }
        }
    }

    [Fact]
    public async Task A_bad_option_stops_the_start_and_says_all()
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Services.AddParley(options =>
        {
            options.Clients.MaxChannels = 0;
            options.Api.Keys = ["short"];
        });
        using var host = builder.Build();

        var exception = await Assert.ThrowsAsync<OptionsValidationException>(() => host.StartAsync());

        Assert.Equal(2, exception.Failures.Count());
        Assert.Contains("Parley:Clients:MaxChannels = \"0\": must be 1 to 10000.", exception.Message, StringComparison.Ordinal);
        Assert.Contains("Parley:Api:Keys:0: has 5 characters", exception.Message, StringComparison.Ordinal);
    }

    private static IReadOnlyList<OptionsProblem> Problems(params (string Key, string Value)[] settings)
    {
        var options = new ParleyOptions();
        new ConfigurationBuilder()
            .AddInMemoryCollection(settings.ToDictionary(setting => setting.Key, setting => (string?)setting.Value))
            .Build()
            .Bind(options);
        return ParleyOptionsValidator.Check(options);
    }
}
