using Npgsql;
using Parley.Webhooks.Storage;

namespace Parley.Webhooks.PostgreSql;

/// <summary>What the codes of PostgreSQL mean (postgresql.org/docs/current/errcodes-appendix.html).</summary>
internal static class PostgresErrors
{
    private const string InternalError = "XX000";
    private static readonly string[] DataClasses = ["22", "23", "54"];

    /// <summary>Whether the same again may succeed, because it was ended to let another go on.</summary>
    public static bool IsTransient(Exception exception) => exception is PostgresException
    {
        SqlState: PostgresErrorCodes.DeadlockDetected or PostgresErrorCodes.SerializationFailure,
    };

    /// <summary>Whether the connection ended under it, so that it is not known what became of it.</summary>
    public static bool IsBroken(Exception exception) => exception switch
    {
        PostgresException postgres => postgres.SqlState
            is PostgresErrorCodes.AdminShutdown or PostgresErrorCodes.CrashShutdown or PostgresErrorCodes.CannotConnectNow,
        NpgsqlException => true,
        _ => false,
    };

    /// <summary>Whether it is because of what was written, so that others beside it may succeed.</summary>
    public static bool IsOfTheData(Exception exception) => exception switch
    {
        PostgresException postgres => DataClasses.Contains(postgres.SqlState[..2]),
        NpgsqlException or WebhookStoreException or OperationCanceledException or ObjectDisposedException => false,
        _ => true,
    };

    /// <summary>Whether a row is of a day that has no tables.</summary>
    public static bool IsOfTheDay(Exception exception) =>
        exception is PostgresException { SqlState: PostgresErrorCodes.CheckViolation, ConstraintName: null };

    /// <summary>Whether the tables are not there, or not as they were made.</summary>
    private static bool IsOfTheTables(string state) => state is PostgresErrorCodes.UndefinedTable or PostgresErrorCodes.UndefinedColumn
        or PostgresErrorCodes.DuplicateTable or PostgresErrorCodes.InvalidSchemaName or PostgresErrorCodes.DatatypeMismatch;

    public static Exception Translate(Exception exception) => exception switch
    {
        // A zero character, which its texts cannot have.
        PostgresException { SqlState: PostgresErrorCodes.CharacterNotInRepertoire or PostgresErrorCodes.UntranslatableCharacter } =>
            WebhookProblem.Invalid("", "has a character that cannot be stored: U+0000").ToException(),
        PostgresException { SqlState: PostgresErrorCodes.DiskFull } =>
            new WebhookStoreException(WebhookStoreProblem.Full, "No space is left for the webhooks' database.", exception),
        PostgresException { SqlState: PostgresErrorCodes.DataCorrupted or PostgresErrorCodes.IndexCorrupted } =>
            new WebhookStoreException(WebhookStoreProblem.Damaged, "The webhooks' database is damaged.", exception),
        PostgresException postgres when IsOfTheTables(postgres.SqlState) => new WebhookStoreException(WebhookStoreProblem.Damaged,
            $"The webhooks' database has not the tables that it should have ({postgres.MessageText}).", exception),
        PostgresException { SqlState: not InternalError } postgres when !IsOfTheData(exception) => new WebhookStoreException(WebhookStoreProblem.Unavailable,
            $"The webhooks' database cannot be used now ({postgres.SqlState}: {postgres.MessageText}).", exception),
        NpgsqlException and not PostgresException => new WebhookStoreException(WebhookStoreProblem.Unavailable,
            $"The webhooks' database cannot be reached now ({exception.Message}).", exception),
        _ => exception,
    };
}
