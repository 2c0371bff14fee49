namespace Parley.Channels;

/// <summary>What a returning client is given.</summary>
public enum RecoveryMode
{
    /// <summary>All publications it missed, or the word that this is not possible.</summary>
    Stream,

    /// <summary>The latest publication only. Not available yet.</summary>
    Cache,
}
