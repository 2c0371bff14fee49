namespace Parley.Presence;

/// <summary>The members of one channel, in memory. It exists as long as there are any.</summary>
internal sealed class PresenceList
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, ClientInfo> _members = new(StringComparer.Ordinal);

    /// <summary>How many members each user has, so that counting users needs no walk through the members.</summary>
    private readonly Dictionary<string, int> _users = new(StringComparer.Ordinal);

    private bool _isRemoved;

    /// <returns>False when the list has just become empty and been removed: another one stands for the channel now.</returns>
    public bool TryAdd(ClientInfo info)
    {
        lock (_lock)
        {
            if (_isRemoved)
                return false;

            if (_members.TryGetValue(info.Client, out var before))
                RemoveUser(before.User);

            _members[info.Client] = info;
            _users[info.User] = _users.GetValueOrDefault(info.User) + 1;
            return true;
        }
    }

    /// <param name="client">Id of the member.</param>
    /// <param name="onEmpty">Called under the lock when no member is left; the list is of no use afterwards.</param>
    public void Remove(string client, Action<PresenceList> onEmpty)
    {
        lock (_lock)
        {
            if (_isRemoved || !_members.Remove(client, out var info))
                return;

            RemoveUser(info.User);
            if (_members.Count > 0)
                return;

            _isRemoved = true;
            onEmpty(this);
        }
    }

    public Dictionary<string, ClientInfo> Copy()
    {
        lock (_lock)
            return new Dictionary<string, ClientInfo>(_members, StringComparer.Ordinal);
    }

    public PresenceStats Count()
    {
        lock (_lock)
            return new PresenceStats(_members.Count, _users.Count);
    }

    private void RemoveUser(string user)
    {
        var left = _users[user] - 1;
        if (left > 0)
            _users[user] = left;
        else
            _users.Remove(user);
    }
}
