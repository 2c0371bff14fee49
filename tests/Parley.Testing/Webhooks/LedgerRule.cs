namespace Parley.Testing.Webhooks;

/// <summary>What may not happen to webhooks, whatever breaks.</summary>
public enum LedgerRule
{
    /// <summary>A message that was accepted is not there, or has no delivery for an endpoint that wants it.</summary>
    Lost,

    /// <summary>In the end a delivery is neither delivered nor given up.</summary>
    Limbo,

    /// <summary>A message or request is there that nobody has sent.</summary>
    Phantom,

    /// <summary>A message whose sender was told that it was refused is there all the same.</summary>
    RefusedYetSent,

    /// <summary>A message went to an endpoint that it was not for.</summary>
    Misdirected,

    /// <summary>One message has two ids.</summary>
    TwoIds,

    /// <summary>A receiver got other bytes than were sent.</summary>
    Changed,

    /// <summary>A request is not signed by the endpoint's secret.</summary>
    Unsigned,

    /// <summary>A delivery is said to have succeeded, and its receiver has never taken it.</summary>
    NeverTaken,

    /// <summary>A receiver took a message more often than crashes and lost answers explain.</summary>
    Repeated,

    /// <summary>There were more requests than the log of attempts has.</summary>
    AttemptMissing,

    /// <summary>The log of attempts has an answer that no receiver gave.</summary>
    AttemptInvented,

    /// <summary>The attempts of a delivery are not numbered from 1 to their count.</summary>
    AttemptNumbers,

    /// <summary>An attempt is said to have been interrupted when nothing crashed.</summary>
    Interrupted,

    /// <summary>An attempt came before its time by the schedule.</summary>
    TooEarly,

    /// <summary>A delivery was given up before its schedule was used up.</summary>
    GivenUpEarly,

    /// <summary>A request came after its endpoint had been disabled or deleted.</summary>
    AfterEnd,

    /// <summary>An endpoint that wants order got a message before an earlier one, or between two attempts at another.</summary>
    Order,
}

/// <summary>A rule that was broken.</summary>
/// <param name="Rule">Which.</param>
/// <param name="What">By what.</param>
public sealed record LedgerViolation(LedgerRule Rule, string What);
