namespace Parley.Webhooks.Outbound.Lanes;

/// <summary>How many requests the lanes of an application may have under way together. Not thread-safe.</summary>
/// <param name="count">So many.</param>
internal sealed class ApplicationSlots(int count)
{
    private readonly Dictionary<Guid, (SemaphoreSlim Slots, int Lanes)> _applications = [];

    /// <summary>Applications that have lanes.</summary>
    public int Count => _applications.Count;

    /// <summary>The slots that a new lane shares with those that its application has.</summary>
    public SemaphoreSlim Rent(Guid application)
    {
        var (slots, lanes) = _applications.TryGetValue(application, out var known) ? known : (new SemaphoreSlim(count), 0);
        _applications[application] = (slots, lanes + 1);
        return slots;
    }

    /// <summary>Says that a lane is gone; with the last of an application go its slots.</summary>
    public void Return(Guid application)
    {
        var (slots, lanes) = _applications[application];
        if (lanes == 1)
            _applications.Remove(application); // not disposed: a request may just be giving its place back
        else
            _applications[application] = (slots, lanes - 1);
    }
}
