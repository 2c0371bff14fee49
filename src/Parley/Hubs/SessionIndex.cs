using System.Collections.Concurrent;
using Parley.Sessions;

namespace Parley.Hubs;

/// <summary>Finds sessions by client id and by user.</summary>
internal sealed class SessionIndex
{
    private readonly ConcurrentDictionary<string, Session> _byClient = new(StringComparer.Ordinal);
    private readonly Lock _gate = new();

    // A user's only session stands for itself: a set per user would double the cost of an idle connection.
    private readonly Dictionary<string, object> _byUser = new(StringComparer.Ordinal);

    public int Count => _byClient.Count;

    public int UserCount
    {
        get
        {
            lock (_gate)
                return _byUser.Count;
        }
    }

    /// <summary>Sum of <see cref="Session.QueuedBytes"/>.</summary>
    public long QueuedBytes
    {
        get
        {
            var bytes = 0L;
            // Not by All, which would copy them.
            foreach (var (_, session) in _byClient)
                bytes += session.QueuedBytes;
            return bytes;
        }
    }

    public IEnumerable<Session> All => _byClient.Values;

    /// <summary>Adds a session unless its user has as many as allowed.</summary>
    /// <param name="session">Its id and user are set.</param>
    /// <param name="limit">Most sessions of the user; 0: no limit.</param>
    public bool TryAdd(Session session, int limit)
    {
        lock (_gate)
        {
            switch (_byUser.GetValueOrDefault(session.User))
            {
                case null:
                    _byUser[session.User] = session;
                    break;
                case Session other:
                    if (limit == 1)
                        return false;
                    _byUser[session.User] = new HashSet<Session> { other, session };
                    break;
                case HashSet<Session> others:
                    if (limit > 0 && others.Count >= limit)
                        return false;
                    others.Add(session);
                    break;
            }

            _byClient[session.Id] = session;
            return true;
        }
    }

    public void Remove(Session session)
    {
        lock (_gate)
        {
            if (!_byClient.TryRemove(session.Id, out _))
                return;
            switch (_byUser.GetValueOrDefault(session.User))
            {
                case HashSet<Session> others:
                    others.Remove(session);
                    if (others.Count == 1)
                        _byUser[session.User] = others.First();
                    break;
                case Session:
                    _byUser.Remove(session.User);
                    break;
            }
        }
    }

    /// <summary>The sessions a call is about, at this moment.</summary>
    public IReadOnlyList<Session> Find(SessionSelector selector)
    {
        if (selector.Client is { Length: > 0 } client)
        {
            return _byClient.TryGetValue(client, out var session) && (selector.User.Length == 0 || session.User == selector.User)
                ? [session]
                : [];
        }

        // Only transports without a connection of their own have a session id beside the client id, and none is here yet.
        if (selector.Session is { Length: > 0 })
            return [];

        lock (_gate)
        {
            return _byUser.GetValueOrDefault(selector.User) switch
            {
                Session session => [session],
                HashSet<Session> sessions => [.. sessions],
                _ => [],
            };
        }
    }
}
