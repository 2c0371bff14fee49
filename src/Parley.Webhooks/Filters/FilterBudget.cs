namespace Parley.Webhooks.Filters;

/// <summary>What one filter may look at of one message: a thousand endpoints may have one each.</summary>
internal struct FilterBudget()
{
    private int _left = 20_000;

    public readonly bool IsSpent => _left < 0;

    /// <returns>False when nothing is left.</returns>
    public bool Spend(int steps)
    {
        _left = (int)Math.Max((long)_left - steps, -1);
        return _left >= 0;
    }
}
