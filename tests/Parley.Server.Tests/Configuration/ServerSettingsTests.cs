using Parley.Server.Configuration;

namespace Parley.Server.Tests.Configuration;

public sealed class ServerSettingsTests : IDisposable
{
    private readonly TestFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("Parley:Clients:PingInterval", "25")]
    [InlineData("Parley:Clients:PingInterval", "25s")]
    [InlineData("Parley:Clients:PingInterval", "00:25")]
    [InlineData("Parley:Channels:Default:HistoryTtl", "24:00:00")]
    [InlineData("Parley:ShutdownTimeout", "00:00:61")]
    public void A_time_in_any_but_the_one_form_is_a_problem_that_shows_the_form(string key, string value)
    {
        var problem = Assert.Single(Load((key, value)).Problems);

        Assert.Equal((key, value), (problem.Key, problem.Value));
        Assert.Contains("00:00:25", problem.Remedy);
    }

    [Fact]
    public void Times_numbers_truths_names_and_lists_arrive_in_the_options()
    {
        var settings = Load(
            ("Parley:Clients:PingInterval", "00:00:20.5"), ("Parley:Clients:MaxChannels", "7"), ("Parley:Clients:AllowAnonymous", "True"),
            ("Parley:Channels:Namespaces:news:RecoveryMode", "stream"), ("Parley:Channels:Namespaces:news:HistoryTtl", "1.02:00:00"),
            ("Parley:Clients:AllowedOrigins:0", "https://a.example"), ("Parley:Proxies:0", "10.0.0.0/8"),
            ("parley:broker:type", "Memory"));

        Assert.Empty(settings.Problems);
        Assert.Equal(TimeSpan.FromSeconds(20.5), settings.Parley.Clients.PingInterval);
        Assert.Equal(7, settings.Parley.Clients.MaxChannels);
        Assert.True(settings.Parley.Clients.AllowAnonymous);
        Assert.Equal(TimeSpan.FromHours(26), settings.Parley.Channels.Namespaces["news"].HistoryTtl);
        Assert.Equal(["https://a.example"], settings.Parley.Clients.AllowedOrigins);
        Assert.Equal(["10.0.0.0/8"], settings.Server.Proxies);
        Assert.Equal("Memory", settings.Server.Broker.Type);
    }

    [Fact]
    public void PostgreSQL_needs_to_be_named_with_a_key_and_no_password_is_shown()
    {
        Assert.Equal(["Parley:Webhooks:PostgreSql:ConnectionString", "Parley:Webhooks:PostgreSql:EncryptionKey"],
            Load(("Parley:Webhooks:Storage", "postgresql")).Problems.Select(static problem => problem.Key));

        var problem = Assert.Single(Load(
            ("Parley:Webhooks:Storage", "postgresql"), ("Parley:Webhooks:PostgreSql:ConnectionString", "Hots=a;Password=s3cret"),
            ("Parley:Webhooks:PostgreSql:EncryptionKey", new string('k', 32))).Problems);
        Assert.Equal("Parley:Webhooks:PostgreSql:ConnectionString", problem.Key);
        Assert.DoesNotContain("s3cret", problem.ToString());
    }

    [Fact]
    public void Null_and_an_empty_section_mean_the_default()
    {
        _folder.Write("nulls.json", """
            {"Parley": {"Clients": null, "Channels": {}, "Api": {"Keys": null}, "Tokens": {"HmacSecret": null}, "Proxies": null, "Broker": null, "DataDirectory": null}}
            """);

        var settings = ServerSettings.Load(new() { File = _folder.File("nulls.json") });

        Assert.Empty(settings.Problems);
        Assert.Equal(TimeSpan.FromSeconds(25), settings.Parley.Clients.PingInterval);
        Assert.Equal(("./data", "memory"), (settings.Server.DataDirectory, settings.Server.Broker.Type));
        Assert.True(settings.UsesGeneratedApiKey && settings.UsesGeneratedTokenSecret);
    }

    [Fact]
    public void A_namespace_without_options_has_the_defaults()
    {
        _folder.Write("namespaces.json", """{"Parley": {"Channels": {"Namespaces": {"bare": {}, "news": {"HistorySize": 5, "ChannelPattern": null}}}}}""");

        var namespaces = ServerSettings.Load(new() { File = _folder.File("namespaces.json") }).Parley.Channels.Namespaces;

        Assert.Equal(["bare", "news"], namespaces.Keys.Order());
        Assert.Equal((0, 5), (namespaces["bare"].HistorySize, namespaces["news"].HistorySize));
    }

    [Fact]
    public void All_problems_are_found_at_once()
    {
        var settings = Load(
            ("Parley:Clients:Insecure", "yes"), ("Parley:Clients:MaxChannels", "64k"), ("Parley:Clients:MaxConnections", "3000000000"),
            ("Parley:Clients:AllowedOrigins", "https://a.example"), ("Parley:Channels:Default:RecoveryMode", "Both"),
            ("Parley:Api", "open"), ("Parley:DataDirectory:Path", "x"), ("Parley:Broker:Type", "redis"),
            ("Parley:Proxies:0", "proxy.example"), ("Parley:Proxies:1", "10.0.0.0/33"));

        Assert.Equal(
            [
                "Parley:Api", "Parley:Broker:Type", "Parley:Channels:Default:RecoveryMode", "Parley:Clients:AllowedOrigins",
                "Parley:Clients:Insecure", "Parley:Clients:MaxChannels", "Parley:Clients:MaxConnections", "Parley:DataDirectory",
                "Parley:Proxies:0", "Parley:Proxies:1",
            ],
            settings.Problems.Select(problem => problem.Key).Order(StringComparer.Ordinal));
        Assert.All(settings.Problems, problem => Assert.NotEmpty(problem.Remedy));
    }

    [Fact]
    public void Problems_never_show_the_value_of_a_secret()
    {
        var settings = Load(("Parley:Api:Keys", "canary-1"), ("Parley:Tokens:HmacSecret:0", "canary-2"));

        Assert.Equal(2, settings.Problems.Count);
        Assert.All(settings.Problems, problem => Assert.DoesNotContain("canary", problem.ToString()));
    }

    [Theory]
    [InlineData("Parley:Clients:MaxChanels", "Parley:Clients:MaxChannels")]
    [InlineData("Parley:Cleints:MaxChannels", "Parley:Clients")]
    [InlineData("Parley:DataDirectry", "Parley:DataDirectory")]
    [InlineData("Parley:Broker:Typ", "Parley:Broker:Type")]
    [InlineData("Parley:Channels:Namespaces:news:HistorySise", "Parley:Channels:Namespaces:news:HistorySize")]
    public void A_key_that_does_not_exist_is_a_problem_that_suggests_the_one_that_was_meant(string key, string meant)
    {
        var problem = Assert.Single(Load((key, "canary")).Problems);

        Assert.StartsWith(problem.Key, key);
        Assert.Contains($"Did you mean {meant}?", problem.Remedy);
        Assert.DoesNotContain("canary", problem.ToString());
    }

    [Fact]
    public void The_rules_of_the_library_are_checked_with_those_of_the_server()
    {
        var settings = Load(
            ("Parley:Clients:MaxChannels", "0"), ("Parley:Clients:Insecure", "yes"), ("Parley:Tokens:HmacSecret", "canary-too-short"),
            ("Parley:Api:Keys:0", "canary"), ("Parley:Channels:Default:ForceRecovery", "true"), ("Parley:Broker:Type", "nats"));

        Assert.Equal(
            [
                "Parley:Api:Keys:0", "Parley:Broker:Type", "Parley:Channels:Default:ForceRecovery", "Parley:Clients:Insecure",
                "Parley:Clients:MaxChannels", "Parley:Tokens:HmacSecret",
            ],
            settings.Problems.Select(problem => problem.Key).Order(StringComparer.Ordinal));
        Assert.All(settings.Problems, problem => Assert.DoesNotContain("canary", problem.ToString()));
    }

    [Fact]
    public void Without_tokens_and_keys_in_the_configuration_the_generated_ones_are_used()
    {
        var settings = Load();

        Assert.True(settings.TryUseGeneratedKeys(out var keyFile));

        var keys = keyFile!.ReadOrCreate();
        Assert.Equal(keys.TokenSecret, settings.Parley.Tokens.HmacSecret);
        Assert.Equal([keys.ApiKey], settings.Parley.Api.Keys);
    }

    [Fact]
    public void With_own_secret_and_key_no_folder_is_made()
    {
        var settings = Load(("Parley:Tokens:HmacSecret", new string('s', 32)), ("Parley:Api:Keys:0", new string('k', 32)));

        Assert.True(settings.TryUseGeneratedKeys(out var keyFile));

        Assert.Null(keyFile);
        Assert.False(Directory.Exists(_folder.File("data")));
        Assert.Equal(new string('s', 32), settings.Parley.Tokens.HmacSecret);
    }

    [Fact]
    public void With_problems_no_keys_are_made()
    {
        Assert.False(Load(("Parley:Broker:Type", "nats")).TryUseGeneratedKeys(out _));

        Assert.False(Directory.Exists(_folder.File("data")));
    }

    [Theory]
    [InlineData("http://0.0.0.0:1")]
    [InlineData("http://*:1")]
    [InlineData("http://[::]:1")]
    [InlineData("http://192.0.2.1:1")]
    [InlineData("http://example.com:1")]
    [InlineData("http://127.0.0.1:1;https://0.0.0.0:2")]
    public void Development_mode_on_an_address_that_others_reach_is_refused(string urls)
    {
        var settings = ServerSettings.Load(new() { IsDevelopment = true, Urls = urls });

        Assert.Contains("development mode", Assert.Single(settings.Problems).Remedy);
    }

    [Theory]
    [InlineData("http://127.0.0.1:1")]
    [InlineData("http://localhost:1")]
    [InlineData("http://[::1]:1;https://127.1.2.3:2")]
    public void Development_mode_on_loopback_relaxes_and_turns_the_features_of_channels_on(string urls)
    {
        var settings = ServerSettings.Load(new() { IsDevelopment = true, Urls = urls });

        Assert.Empty(settings.Problems);
        Assert.True(settings.Parley.Clients is { Insecure: true, AllowAnonymous: true });
        Assert.False(settings.Parley.Api.Insecure);
        Assert.True(settings.Parley.Channels.Default is { HistorySize: 100, ForceRecovery: true, Presence: true, JoinLeave: true });
    }

    [Fact]
    public void Development_mode_yields_to_what_is_configured()
    {
        var settings = ServerSettings.Load(new()
        {
            IsDevelopment = true,
            Values = [new("Parley:Clients:Insecure", "false"), new("Parley:Channels:Namespaces:news:Presence", "true")],
        });

        Assert.False(settings.Parley.Clients.Insecure);
        Assert.Equal(0, settings.Parley.Channels.Default.HistorySize);
    }

    [Theory]
    [InlineData("00:00:05", 1)]
    [InlineData("00:00:06", 0)]
    [InlineData("01:00:00", 0)]
    [InlineData("01:00:01", 1)]
    public void The_time_for_a_stop_is_longer_than_the_drain_window_and_one_hour_at_most(string value, int problems)
        => Assert.Equal(problems, Load(("Parley:Clients:DrainWindow", "00:00:05"), ("Parley:ShutdownTimeout", value)).Problems.Count);

    [Theory]
    [InlineData("urls", "localhost:8000")]
    [InlineData("urls", "ftp://localhost:8000")]
    [InlineData("Kestrel:Endpoints:Web:Url", "")]
    public void An_address_that_is_none_is_a_problem(string key, string value)
        => Assert.Equal(key, Assert.Single(Load((key, value)).Problems).Key);

    private ServerSettings Load(params (string Key, string Value)[] values) => ServerSettings.Load(new()
    {
        Values = [new("Parley:DataDirectory", _folder.File("data")), .. values.Select(pair => KeyValuePair.Create(pair.Key, (string?)pair.Value))],
    });
}
