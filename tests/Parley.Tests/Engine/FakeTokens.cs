using System.Collections.Concurrent;
using Parley.Authentication;

namespace Parley.Tests.Engine;

/// <summary>Tokens that are what a test says they are; any other is invalid.</summary>
internal sealed class FakeTokens : ITokenVerifier
{
    private readonly ConcurrentDictionary<string, TokenResult<ConnectionToken>> _connections = new();
    private readonly ConcurrentDictionary<string, TokenResult<SubscriptionToken>> _subscriptions = new();

    public void Add(string name, ConnectionToken token) => _connections[name] = new(TokenStatus.Valid, token);

    public void Add(string name, SubscriptionToken token) => _subscriptions[name] = new(TokenStatus.Valid, token);

    public void AddExpired(string name)
    {
        _connections[name] = new(TokenStatus.Expired, null);
        _subscriptions[name] = new(TokenStatus.Expired, null);
    }

    public ValueTask<TokenResult<ConnectionToken>> VerifyConnectionAsync(string token, CancellationToken cancellationToken = default) =>
        ValueTask.FromResult(_connections.GetValueOrDefault(token, new(TokenStatus.Invalid, null)));

    public ValueTask<TokenResult<SubscriptionToken>> VerifySubscriptionAsync(string token, CancellationToken cancellationToken = default) =>
        ValueTask.FromResult(_subscriptions.GetValueOrDefault(token, new(TokenStatus.Invalid, null)));
}
