namespace Parley.Testing;

/// <summary>How long tests wait for what should happen at once.</summary>
public static class Patience
{
    /// <summary>Much longer than anything takes on a busy machine, and short enough to end a run that hangs.</summary>
    public static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);
}
