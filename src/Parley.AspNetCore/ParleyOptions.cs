using Parley.AspNetCore.Api;
using Parley.AspNetCore.Authentication;
using Parley.Channels;
using Parley.Sessions;

namespace Parley.AspNetCore;

/// <summary>All options of Parley. Section <c>Parley</c>.</summary>
public sealed class ParleyOptions
{
    /// <summary>Who may connect, and the limits of one connection.</summary>
    public ClientOptions Clients { get; set; } = new();

    /// <summary>What channels do and who may use them.</summary>
    public ChannelsOptions Channels { get; set; } = new();

    /// <summary>How connection tokens are verified, and subscription tokens unless <see cref="SubscriptionTokens"/> is given.</summary>
    public TokenOptions Tokens { get; set; } = new();

    /// <summary>How subscription tokens are verified; null: as connection tokens.</summary>
    public TokenOptions? SubscriptionTokens { get; set; }

    /// <summary>Who may call the HTTP API.</summary>
    public ApiOptions Api { get; set; } = new();
}
