using Microsoft.Data.Sqlite;
using Parley.Webhooks.Storage;

namespace Parley.Webhooks.Sqlite;

/// <summary>What SQLite's result codes mean (sqlite.org/rescode.html).</summary>
internal static class SqliteErrors
{
    private const string NoSpaceLeft = "No space is left for the webhooks' database.";

    private const int Busy = 5;
    private const int NoMemory = 7;
    private const int ReadOnly = 8;
    private const int InputOutput = 10;
    private const int Corrupt = 11;
    private const int Full = 13;
    private const int CannotOpen = 14;
    private const int NotADatabase = 26;

    private const int CannotWrite = InputOutput | (3 << 8);

    // Errors of the system that SQLite has no name for, or not always.
    private const int FileTooBig = 27;
    private const int QuotaExceeded = 122;
    private const int NoSpace = 28;

    /// <summary>Whether the next write would fail as well, and the connection should not be trusted.</summary>
    public static bool IsOfTheDisk(Exception exception) => exception is WebhookStoreException
        or SqliteException { SqliteErrorCode: NoMemory or ReadOnly or InputOutput or Corrupt or Full or CannotOpen or NotADatabase or Busy };

    /// <summary>Whether it is not known what of the last commit is in the file: the disk itself failed.</summary>
    /// <param name="exception">What went wrong.</param>
    /// <param name="systemError">The system's number of it.</param>
    public static bool LeavesDoubt(Exception exception, int systemError) => exception is SqliteException
    {
        SqliteErrorCode: InputOutput or Corrupt or CannotOpen or NotADatabase,
    } sqlite && !(sqlite.SqliteExtendedErrorCode == CannotWrite && IsNoSpace(systemError));

    /// <summary>Names what SQLite does not: a quota that is used up, or a file that may not grow, is a full disk too.</summary>
    /// <param name="exception">What went wrong.</param>
    /// <param name="systemError">The system's number of it.</param>
    public static Exception WithReason(Exception exception, int systemError) =>
        exception is SqliteException { SqliteErrorCode: InputOutput } && IsNoSpace(systemError)
            ? new WebhookStoreException(WebhookStoreProblem.Full, NoSpaceLeft, exception)
            : exception;

    private static bool IsNoSpace(int systemError) => systemError is FileTooBig or QuotaExceeded or NoSpace;

    public static bool IsDamage(SqliteException exception) => exception.SqliteErrorCode is Corrupt or NotADatabase;

    public static Exception Translate(Exception exception) => exception is SqliteException sqlite
        ? sqlite.SqliteErrorCode switch
        {
            Full => new WebhookStoreException(WebhookStoreProblem.Full, NoSpaceLeft, exception),
            Corrupt or NotADatabase => new WebhookStoreException(WebhookStoreProblem.Damaged, "The webhooks' database is damaged.", exception),
            _ => new WebhookStoreException(WebhookStoreProblem.Unavailable, "The webhooks' database cannot be written now.", exception),
        }
        : exception;
}
