namespace Parley.Sessions;

/// <summary>Sends what connections have left for the end of a <see cref="FlushRound"/>.</summary>
internal interface IFlushRoundEnd
{
    /// <summary>The round is over. Does not throw and does not wait.</summary>
    void OnRoundEnd();
}
