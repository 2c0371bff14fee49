namespace Parley.Webhooks.Outbox.Storage;

/// <summary>The outbox in the application's database, as the relay sees it. Thread-safe.</summary>
/// <remarks>
/// Any trouble of the database is an exception, and everything may be repeated. That no message is lost or sent twice rests on two things
/// only: a row is deleted after it was accepted, and a row that comes again has the uid that it had.
/// </remarks>
internal interface IOutboxStore
{
    /// <summary>Reads committed rows that are not refused, by their numbers.</summary>
    ValueTask<IReadOnlyList<OutboxRow>> ReadAsync(OutboxQuery query, CancellationToken cancellationToken);

    /// <summary>Deletes what was sent, and writes down what was not.</summary>
    ValueTask CompleteAsync(IReadOnlyList<OutboxRow> sent, IReadOnlyList<OutboxTrouble> troubles, CancellationToken cancellationToken);

    /// <summary>Takes or keeps the right to relay, which saves other relays from sending the same.</summary>
    /// <returns>False while another one has it.</returns>
    ValueTask<bool> TryLeaseAsync(string owner, long now, long until, CancellationToken cancellationToken);

    /// <summary>Gives the right back.</summary>
    ValueTask ReleaseAsync(string owner, CancellationToken cancellationToken);

    ValueTask<OutboxBacklog> MeasureAsync(CancellationToken cancellationToken);

    /// <summary>Calls back whenever another process may have committed rows, until it is cancelled. Ends at once where a database cannot tell.</summary>
    Task ListenAsync(Action wake, CancellationToken cancellationToken);
}

/// <summary>Which rows are read.</summary>
/// <param name="Limit">How many at most.</param>
/// <param name="MaxBytes">Reading ends with the row whose payload goes beyond it.</param>
/// <param name="HeldApplications">Applications whose rows are left out.</param>
internal sealed record OutboxQuery(int Limit, int MaxBytes, IReadOnlyCollection<string> HeldApplications);

/// <summary>What became of a row that was not sent.</summary>
/// <param name="Row">The row as it was read.</param>
/// <param name="Error">Why.</param>
/// <param name="Attempts">How often it was sent without success, now.</param>
/// <param name="DueAt">Not sent again before.</param>
/// <param name="FailedAt">When it was refused for good; null: it is sent again.</param>
internal sealed record OutboxTrouble(OutboxRow Row, string Error, int Attempts, long DueAt, long? FailedAt);

/// <summary>How much there is.</summary>
/// <param name="Waiting">Rows that will be sent.</param>
/// <param name="Failed">Rows that were refused for good.</param>
/// <param name="OldestAt">When the oldest waiting row was enqueued; null: none waits.</param>
internal readonly record struct OutboxBacklog(long Waiting, long Failed, long? OldestAt);
