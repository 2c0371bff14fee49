namespace Parley.Authentication;

/// <summary>What a subscription token says.</summary>
internal sealed record SubscriptionToken
{
    public required string User { get; init; }

    public required string Channel { get; init; }

    /// <summary>Client id that the token is bound to (deprecated claim <c>client</c>); null: any.</summary>
    public string? Client { get; init; }

    public required SubscriptionGrant Grant { get; init; }
}
