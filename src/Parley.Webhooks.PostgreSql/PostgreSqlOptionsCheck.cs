using Microsoft.Extensions.Options;
using Npgsql;

namespace Parley.Webhooks.PostgreSql;

/// <summary>Finds all that is wrong with the options, each with its key, its value and what to write instead; nothing of a secret is shown.</summary>
internal sealed class PostgreSqlOptionsCheck : IValidateOptions<PostgreSqlWebhookOptions>
{
    public const string Section = "Parley:Webhooks:PostgreSql";

    private const string Mask = "***";
    private const int MinKeyLength = 32;
    private const int MaxSchemaLength = 40;

    /// <summary>One listens for good; accepts, outcomes and all the rest need one each.</summary>
    private const int MinConnections = 4;

    public ValidateOptionsResult Validate(string? name, PostgreSqlWebhookOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        string[] problems = [.. Check(options).Select(static problem => $"{Section}:{problem.Key} = \"{problem.Value}\": {problem.Remedy}")];
        return problems.Length == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(problems);
    }

    /// <summary>Keys are below <c>Parley:Webhooks:PostgreSql</c>.</summary>
    public static IEnumerable<(string Key, string? Value, string Remedy)> Check(PostgreSqlWebhookOptions options)
    {
        if (string.IsNullOrWhiteSpace(options.ConnectionString))
            yield return (nameof(options.ConnectionString), null, "is needed. Write Host=db;Database=parley;Username=parley;Password=...");
        else if (ProblemOf(options.ConnectionString) is { } problem)
            yield return (nameof(options.ConnectionString), Mask, problem);

        if (options.Schema is not { Length: > 0 and <= MaxSchemaLength } || !options.Schema.All(static c => c is (>= 'a' and <= 'z') or (>= '0' and <= '9') or '_')
            || char.IsAsciiDigit(options.Schema[0]))
        {
            yield return (nameof(options.Schema), options.Schema, $"must be 1 to {MaxSchemaLength} of a-z, 0-9 and _, and begin with none of 0-9.");
        }

        if (options.EncryptionKey is { Length: < MinKeyLength })
            yield return (nameof(options.EncryptionKey), Mask, $"must have at least {MinKeyLength} characters. Make one with: openssl rand -hex 32");
    }

    private static string? ProblemOf(string connectionString)
    {
        try
        {
            var read = new NpgsqlConnectionStringBuilder(connectionString);
            if (string.IsNullOrEmpty(read.Host))
                return "names no Host. Write Host=db;Database=parley;...";
            return read is { Pooling: true, MaxPoolSize: < MinConnections }
                ? $"has Maximum Pool Size={read.MaxPoolSize}, and a node needs {MinConnections} connections at least. Write a larger one, or leave it out for 20."
                : null;
        }
        catch (Exception exception) when (exception is ArgumentException or FormatException or OverflowException)
        {
            // Its text may repeat a part that holds the password.
            return "cannot be read. Write keys and values as Host=db;Database=parley;Username=parley;Password=..., and quote a value that has a semicolon.";
        }
    }
}
