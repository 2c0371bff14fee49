using System.Text;
using Microsoft.Extensions.Configuration;
using Parley.AspNetCore.Configuration;

namespace Parley.AspNetCore.Tests.Configuration;

public sealed class UnknownConfigurationKeysTests
{
    private static readonly string[] ServerKeys = ["DataDirectory", "Broker:Type", "Proxies:*", "Broker:Redis:ConnectionString"];

    [Fact]
    public void Known_keys_in_any_case_are_no_problem()
    {
        Assert.Empty(Find(
            """
            {"Parley":{"clients":{"PINGINTERVAL":"00:00:25","AllowedOrigins":["https://a.example","*"]},"DataDirectory":"x","Broker":{"Type":"memory","Redis":{}},
             "Proxies":["10.0.0.1"],"Tokens":{"HmacSecret":null},"SubscriptionTokens":{},
             "Channels":{"Default":{"HistorySize":1},"Namespaces":{"news":{"DeltaTypes":["a"]},"AnyName":{}}},"Api":{"Keys":["a"],"Insecure":false}},
             "Logging":{"Anything":1},"Nonsense":true}
            """));
    }

    [Theory]
    [InlineData("Clients:PingIntervall", "Did you mean Parley:Clients:PingInterval?")]
    [InlineData("Clients:PnigInterval", "Did you mean Parley:Clients:PingInterval?")]
    [InlineData("clients:allowedorigin:0", "Did you mean Parley:clients:AllowedOrigins?")]
    [InlineData("Client:PingInterval", "Did you mean Parley:Clients?")]
    [InlineData("Token:HmacSecret", "Did you mean Parley:Tokens?")]
    [InlineData("PingInterval", "Did you mean Parley:Clients:PingInterval?")]
    [InlineData("Clients:HistorySize", "Did you mean Parley:Channels:Default:HistorySize?")]
    [InlineData("Channels:Namespaces:news:HistorySise", "Did you mean Parley:Channels:Namespaces:news:HistorySize?")]
    [InlineData("Channels:HistorySize", "Did you mean Parley:Channels:Default:HistorySize?")]
    [InlineData("Channels:Namespaces:news:HmacSecret", "Did you mean Parley:Tokens:HmacSecret?")]
    [InlineData("Clients:DataDirectory", "Did you mean Parley:DataDirectory?")]
    [InlineData("Broker:Typ", "Did you mean Parley:Broker:Type?")]
    [InlineData("Brokers:Type", "Did you mean Parley:Broker?")]
    [InlineData("Api:Wombat", "Keys here are Keys, Insecure.")]
    [InlineData("Wombat", "Keys here are Clients, Channels, Tokens, SubscriptionTokens, Api, DataDirectory, Broker, Proxies.")]
    public void An_unknown_key_is_named_with_the_nearest_one(string key, string remedy)
    {
        var configuration = new ConfigurationBuilder().AddInMemoryCollection([KeyValuePair.Create("Parley:" + key, (string?)"canary")]).Build();

        var problem = Assert.Single(UnknownConfigurationKeys.Find(configuration, ServerKeys));

        Assert.StartsWith(problem.Key, "Parley:" + key, StringComparison.Ordinal);
        Assert.Contains(remedy, problem.Remedy, StringComparison.Ordinal);
        Assert.DoesNotContain("canary", problem.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void An_unknown_section_is_named_once_and_all_others_too()
    {
        var problems = Find("""{"Parley":{"Foo":{"A":1,"B":{"C":2}},"Clients":{"X":1,"Y":null},"Channels":{"Namespaces":{"news":{"Z":1}}}}}""");

        Assert.Equal(["Parley:Channels:Namespaces:news:Z", "Parley:Clients:X", "Parley:Clients:Y", "Parley:Foo"], problems.Select(problem => problem.Key));
    }

    [Fact]
    public void Many_keys_are_not_all_listed()
    {
        Assert.EndsWith(" and more.", Assert.Single(Find("""{"Parley":{"Clients":{"Wombat":1}}}""")).Remedy, StringComparison.Ordinal);
    }

    [Fact]
    public void A_configuration_without_the_section_is_fine() => Assert.Empty(Find("{}"));

    [Fact]
    public void The_keys_of_a_type_are_those_of_its_parts()
    {
        var keys = ConfigurationKeys.Of(typeof(ParleyOptions)).ToList();

        Assert.Contains("Clients:PingInterval", keys);
        Assert.Contains("Clients:AllowedOrigins:*", keys);
        Assert.Contains("Channels:Default:RecoveryMode", keys);
        Assert.Contains("Channels:Namespaces:*:HistoryTtl", keys);
        Assert.Contains("SubscriptionTokens:HmacSecret", keys);
        Assert.Contains("Api:Keys:*", keys);
        Assert.DoesNotContain(keys, key => key.Contains("HasHistory", StringComparison.Ordinal));
    }

    private static IReadOnlyList<OptionsProblem> Find(string json)
    {
        using var file = new MemoryStream(Encoding.UTF8.GetBytes(json));
        return UnknownConfigurationKeys.Find(new ConfigurationBuilder().AddJsonStream(file).Build(), ServerKeys);
    }
}
