namespace Parley.Specifications.Brokers.Consistency;

/// <summary>What <see cref="FaultyBroker"/> does wrong now and then.</summary>
public enum Fault
{
    /// <summary>An event is not raised.</summary>
    DropEvent,

    /// <summary>An event is raised twice.</summary>
    RepeatEvent,

    /// <summary>An event is raised after the one that follows it.</summary>
    SwapEvents,

    /// <summary>An event carries the position of the one before.</summary>
    ReusePosition,

    /// <summary>A publication is answered with a position and then forgotten.</summary>
    AnswerWithoutPublishing,

    /// <summary>The history leaves out what it should still hold.</summary>
    ForgetKept,

    /// <summary>A publication with an idempotency key is published each time.</summary>
    IgnoreKey,

    /// <summary>The same epoch is given to each life of the stream.</summary>
    KeepEpoch,
}
