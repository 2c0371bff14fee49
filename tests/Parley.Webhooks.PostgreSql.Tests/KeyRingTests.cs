using Microsoft.AspNetCore.DataProtection;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Parley.Testing.Postgres;
using Parley.Webhooks.Secrets;

namespace Parley.Webhooks.PostgreSql.Tests;

/// <summary>The keys that secrets are encrypted with, which all nodes need.</summary>
public sealed class KeyRingTests(PostgresServer server)
{
    private const string EncryptionKey = "0123456789abcdef0123456789abcdef";
    private readonly TestDatabase _database = new(server);

    [Fact]
    public async Task Nodes_that_start_together_for_the_first_time_open_each_others_secrets()
    {
        using var one = CreateNode(EncryptionKey);
        using var other = CreateNode(EncryptionKey);
        await Task.WhenAll(one.StartAsync(), other.StartAsync());

        var secret = one.Services.GetRequiredService<ISecretProtector>().Protect("whsec_a");

        Assert.Equal("whsec_a", other.Services.GetRequiredService<ISecretProtector>().Unprotect(secret));
        Assert.Equal("1", await _database.ExecuteAsync("SELECT count(*) FROM data_protection_keys"));
        await Task.WhenAll(one.StopAsync(), other.StopAsync());
    }

    [Fact]
    public async Task The_database_does_not_hold_what_opens_its_secrets()
    {
        using var node = CreateNode(EncryptionKey);
        await node.StartAsync();

        var stored = await _database.ExecuteAsync("SELECT xml FROM data_protection_keys");

        Assert.Contains("encryptedKey", stored);
        Assert.DoesNotContain("masterKey", stored);
        await node.StopAsync();
    }

    [Fact]
    public async Task A_node_with_another_encryption_key_does_not_start_and_says_which_option_is_wrong()
    {
        using (var first = CreateNode(EncryptionKey))
        {
            await first.StartAsync();
            await first.StopAsync();
        }

        using var other = CreateNode("another-key-another-key-another-key");
        var exception = await Assert.ThrowsAnyAsync<Exception>(() => other.StartAsync());

        Assert.Contains("Parley:Webhooks:PostgreSql:EncryptionKey", exception.Message);
    }

    private IHost CreateNode(string encryptionKey)
    {
        var builder = Host.CreateEmptyApplicationBuilder(new());
        builder.Services.AddWebhooks().UsePostgreSql(options =>
        {
            options.ConnectionString = _database.ConnectionString;
            options.Schema = _database.Schema;
            options.EncryptionKey = encryptionKey;
        });
        builder.Services.AddDataProtection().SetApplicationName("Parley");
        return builder.Build();
    }
}
