using Parley.Sessions;

namespace Parley;

/// <summary>How sessions are closed.</summary>
public sealed record DisconnectOptions
{
    /// <summary>What the client is told. Default 3503 force disconnect, after which it does not come back.</summary>
    public DisconnectReason Reason { get; init; } = DisconnectReason.ForceDisconnect;

    /// <summary>Client ids that stay connected.</summary>
    public IReadOnlyCollection<string> Whitelist { get; init; } = [];
}
