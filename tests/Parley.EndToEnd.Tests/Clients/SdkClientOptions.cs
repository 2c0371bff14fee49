namespace Parley.EndToEnd.Tests.Clients;

/// <summary>How an <see cref="SdkClient"/> is made.</summary>
internal sealed record SdkClientOptions
{
    /// <summary>Token that it connects with; empty: none.</summary>
    public string Token { get; init; } = "";

    /// <summary>Gives it a new token when it wants one; a null one means that the user is no longer welcome. Null: it cannot get any.</summary>
    public Func<string?>? GetToken { get; init; }

    /// <summary>Transports that it tries one after the other, until one is open. Null: the one of its way.</summary>
    public IReadOnlyList<string>? Transports { get; init; }

    /// <summary>How long it waits for answers.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(20);

    /// <summary>How long after a missing ping it gives its connection up.</summary>
    public TimeSpan MaxServerPingDelay { get; init; } = TimeSpan.FromSeconds(10);
}
