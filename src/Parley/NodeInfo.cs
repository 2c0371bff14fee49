namespace Parley;

/// <summary>One node and what it carries.</summary>
public sealed record NodeInfo
{
    /// <summary>Unique id, new at every start.</summary>
    public required string Uid { get; init; }

    /// <summary>Host name and process id.</summary>
    public required string Name { get; init; }

    /// <summary>Version of Parley.</summary>
    public required string Version { get; init; }

    /// <summary>Sessions.</summary>
    public int Clients { get; init; }

    /// <summary>Distinct users.</summary>
    public int Users { get; init; }

    /// <summary>Subscriptions.</summary>
    public int Subscriptions { get; init; }

    /// <summary>Channels with subscribers.</summary>
    public int Channels { get; init; }

    /// <summary>Time since the start.</summary>
    public TimeSpan Uptime { get; init; }
}
