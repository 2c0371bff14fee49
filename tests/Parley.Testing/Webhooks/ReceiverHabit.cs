namespace Parley.Testing.Webhooks;

/// <summary>How a receiver treats what comes.</summary>
public enum ReceiverHabit
{
    /// <summary>Takes it.</summary>
    Takes,

    /// <summary>Takes most at once, and some only after it has answered with an error, broken the connection or not answered at all, once or twice.</summary>
    Flaky,

    /// <summary>Refuses whatever has <c>poison</c> in it, each time, and takes the rest.</summary>
    Picky,

    /// <summary>Never answers.</summary>
    Hangs,
}
