using Microsoft.Data.Sqlite;
using Parley.Webhooks.Storage;

namespace Parley.Webhooks.Sqlite;

/// <summary>What SQLite's result codes mean (sqlite.org/rescode.html).</summary>
internal static class SqliteErrors
{
    private const int Busy = 5;
    private const int NoMemory = 7;
    private const int ReadOnly = 8;
    private const int InputOutput = 10;
    private const int Corrupt = 11;
    private const int Full = 13;
    private const int CannotOpen = 14;
    private const int NotADatabase = 26;

    /// <summary>Whether the next write would fail as well, and the connection should not be trusted.</summary>
    public static bool IsOfTheDisk(Exception exception) => exception is WebhookStoreException
        or SqliteException { SqliteErrorCode: NoMemory or ReadOnly or InputOutput or Corrupt or Full or CannotOpen or NotADatabase or Busy };

    public static bool IsDamage(SqliteException exception) => exception.SqliteErrorCode is Corrupt or NotADatabase;

    public static Exception Translate(Exception exception) => exception is SqliteException sqlite
        ? sqlite.SqliteErrorCode switch
        {
            Full => new WebhookStoreException(WebhookStoreProblem.Full, "No space is left for the webhooks' database.", exception),
            Corrupt or NotADatabase => new WebhookStoreException(WebhookStoreProblem.Damaged, "The webhooks' database is damaged.", exception),
            _ => new WebhookStoreException(WebhookStoreProblem.Unavailable, "The webhooks' database cannot be written now.", exception),
        }
        : exception;
}
