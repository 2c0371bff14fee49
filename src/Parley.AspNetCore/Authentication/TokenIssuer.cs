using Microsoft.Extensions.Options;

namespace Parley.AspNetCore.Authentication;

/// <summary>Makes the tokens that clients connect and subscribe with, signed with the configured secret (HS256).</summary>
/// <remarks>
/// Thread-safe. Part of the services that <c>AddParley</c> adds, so that an application with the library can hand out tokens itself:
/// authenticate the user first, then make a token of a few minutes; clients fetch a new one before it ends. Issuer and audience are
/// written as the options expect them.
/// </remarks>
public sealed class TokenIssuer
{
    private readonly Func<(TokenOptions Connection, TokenOptions Subscription)> _options;
    private readonly TimeProvider _timeProvider;
    private readonly HmacKeySlot _connectionKey = new();
    private readonly HmacKeySlot _subscriptionKey = new();

    /// <summary>Makes tokens by fixed options, outside of an application with <c>AddParley</c>.</summary>
    /// <param name="tokens">Secret, issuer and audience.</param>
    /// <param name="subscriptionTokens">The same for subscription tokens; null: as connection tokens.</param>
    /// <param name="timeProvider">Clock; null: the system's.</param>
    public TokenIssuer(TokenOptions tokens, TokenOptions? subscriptionTokens = null, TimeProvider? timeProvider = null)
    {
        ArgumentNullException.ThrowIfNull(tokens);
        _options = () => (tokens, subscriptionTokens ?? tokens);
        _timeProvider = timeProvider ?? TimeProvider.System;
    }

    internal TokenIssuer(IOptionsMonitor<ParleyOptions> options, TimeProvider timeProvider)
    {
        _options = () => (options.CurrentValue.Tokens, options.CurrentValue.SubscriptionTokens ?? options.CurrentValue.Tokens);
        _timeProvider = timeProvider;
    }

    /// <summary>Makes a token that a client connects with.</summary>
    /// <param name="user">Id of the user; empty for an anonymous one.</param>
    /// <param name="lifetime">How long it can be used, above zero to 100 years; <see cref="Timeout.InfiniteTimeSpan"/>: without end.</param>
    /// <param name="options">Null: none.</param>
    /// <exception cref="ArgumentException">A value cannot be said in a token, or the token would be longer than 16 KiB.</exception>
    /// <exception cref="InvalidOperationException">No secret of at least 32 bytes is configured.</exception>
    public string CreateConnectionToken(string user, TimeSpan lifetime, ConnectionTokenOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(user);
        var (tokens, _) = _options();
        var claims = new TokenWriter(tokens, _timeProvider.GetUtcNow());
        claims.WriteSubject(user, lifetime);
        if (options is not null)
            claims.WriteConnection(options);
        return claims.Sign(_connectionKey.Get(tokens.HmacSecret));
    }

    /// <summary>Makes a token that a client subscribes to one channel with.</summary>
    /// <param name="user">Id of the user, the same as in the connection token.</param>
    /// <param name="channel">Full name of the channel.</param>
    /// <param name="lifetime">How long it can be used, above zero to 100 years; <see cref="Timeout.InfiniteTimeSpan"/>: without end.</param>
    /// <param name="options">
    /// Null: as the channel's namespace says. <see cref="ServerSubscribeOptions.ExpireAt"/> is when the subscription ends, when that
    /// is not the end of the token; <see cref="ServerSubscribeOptions.RecoverSince"/> cannot be said in a token.
    /// </param>
    /// <exception cref="ArgumentException">A value cannot be said in a token, or the token would be longer than 16 KiB.</exception>
    /// <exception cref="InvalidOperationException">No secret of at least 32 bytes is configured.</exception>
    public string CreateSubscriptionToken(string user, string channel, TimeSpan lifetime, ServerSubscribeOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(user);
        ArgumentException.ThrowIfNullOrEmpty(channel);
        var (_, tokens) = _options();
        var claims = new TokenWriter(tokens, _timeProvider.GetUtcNow());
        claims.WriteSubject(user, lifetime);
        claims.WriteSubscription(channel, options);
        return claims.Sign(_subscriptionKey.Get(tokens.HmacSecret));
    }
}
