namespace Parley.Webhooks.PostgreSql.Tests;

public sealed class PostgreSqlOptionsTests
{
    [Theory]
    [InlineData("ConnectionString", null, "parley", null)]
    [InlineData("ConnectionString", "Database=a;Password=s3cret", "parley", null)]
    [InlineData("ConnectionString", "Hots=a;Password=s3cret", "parley", null)]
    [InlineData("ConnectionString", "Host=a;Port=s3cret", "parley", null)]
    [InlineData("ConnectionString", "Host=a;Maximum Pool Size=3;Minimum Pool Size=1;Password=s3cret", "parley", null)]
    [InlineData("Schema", "Host=a", "Parley", null)]
    [InlineData("Schema", "Host=a", "a;drop", null)]
    [InlineData("Schema", "Host=a", "", null)]
    [InlineData("Schema", "Host=a", "1a", null)]
    [InlineData("EncryptionKey", "Host=a", "parley", "s3cret")]
    public void A_bad_option_is_named_with_a_remedy_and_no_secret_is_shown(string key, string? connectionString, string schema, string? encryptionKey)
    {
        var result = new PostgreSqlOptionsCheck().Validate(
            null, new PostgreSqlWebhookOptions { ConnectionString = connectionString, Schema = schema, EncryptionKey = encryptionKey });

        var failure = Assert.Single(result.Failures!);
        Assert.StartsWith($"Parley:Webhooks:PostgreSql:{key} = ", failure);
        Assert.DoesNotContain("s3cret", failure);
    }

    [Fact]
    public void Good_options_are_good() => Assert.True(new PostgreSqlOptionsCheck().Validate(
        null, new PostgreSqlWebhookOptions { ConnectionString = "Host=a;Password=b", EncryptionKey = new string('k', 32) }).Succeeded);
}
