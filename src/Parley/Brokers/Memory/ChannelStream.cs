using System.Security.Cryptography;

namespace Parley.Brokers.Memory;

/// <summary>One life of a channel's stream: its epoch, the offsets given, and the newest publications. Its channel holds the lock.</summary>
internal sealed class ChannelStream
{
    private const int EpochLength = 8;
    private const string Letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

    /// <summary>
    /// A stream is made for whoever asks for a channel, so a stranger could fill the memory with names. One without a publication is
    /// forgotten soon: nobody can have missed anything in it.
    /// </summary>
    private static readonly TimeSpan UnusedTtl = TimeSpan.FromMinutes(10);

    /// <summary>Without a gap, up to the top.</summary>
    private RingBuffer<Publication> _kept;

    private long _keptUntil = MonotonicClock.Never;
    private long _livesUntil;
    private ulong _top;

    // A guess at the next epoch would let a client claim a place in a stream that it never read.
    private readonly string _epoch = RandomNumberGenerator.GetString(Letters, EpochLength);

    public StreamPosition Top => new(_top, _epoch);

    public int Kept => _kept.Count;

    /// <summary>When the next thing in here expires.</summary>
    public long NextExpiry => Math.Min(_keptUntil, _livesUntil);

    private ulong FirstKept => _top - (ulong)_kept.Count + 1;

    /// <summary>Puts the stream's lifetime at a time from now, but not below that of its publications.</summary>
    public void Touch(long now, TimeSpan metaTtl)
    {
        _livesUntil = MonotonicClock.After(now, _top == 0 && metaTtl > UnusedTtl ? UnusedTtl : metaTtl);
        if (_kept.Count > 0)
            _livesUntil = Math.Max(_livesUntil, _keptUntil);
    }

    public Publication Append(in BrokerPublishRequest request, long now)
    {
        var publication = new Publication
        {
            Data = request.Data,
            IsKnownJson = request.IsKnownJson,
            Info = request.Info,
            Tags = request.Tags,
            Version = request.Version,
            Offset = ++_top,
            Epoch = _epoch,
        };
        _kept.Add(publication, request.HistorySize);
        _keptUntil = MonotonicClock.After(now, request.HistoryTtl);
        Touch(now, request.HistoryMetaTtl);
        return publication;
    }

    public void RemoveAll()
    {
        _kept.Clear();
        _keptUntil = MonotonicClock.Never;
    }

    /// <summary>Lets go of what has expired.</summary>
    /// <returns>False when the stream itself has.</returns>
    public bool Expire(long now)
    {
        if (now >= _keptUntil)
            RemoveAll();

        return now < _livesUntil;
    }

    public HistoryPage Read(HistoryQuery query)
    {
        if (query.Since is not { } since)
            return Page(query, query.Reverse ? _top : FirstKept);

        if (since.Offset > _top || (!string.IsNullOrEmpty(since.Epoch) && since.Epoch != _epoch))
            return Incomplete();

        if (query.Reverse)
        {
            return since.Offset <= 1 ? Page(query, 0)
                : since.Offset - 1 < FirstKept ? Incomplete()
                : Page(query, since.Offset - 1);
        }

        return since.Offset < _top && since.Offset + 1 < FirstKept ? Incomplete() : Page(query, since.Offset + 1);
    }

    private HistoryPage Incomplete() => new([], Top, IsComplete: false);

    /// <summary>What is kept from an offset on, that one included, in the direction of the query.</summary>
    private HistoryPage Page(HistoryQuery query, ulong from)
    {
        var kept = from < FirstKept || from > _top ? 0
            : query.Reverse ? from - FirstKept + 1
            : _top - from + 1;
        var count = query.Limit < 0 ? (int)kept : (int)Math.Min(kept, (ulong)query.Limit);
        if (count == 0)
            return new HistoryPage([], Top, IsComplete: true);

        var publications = new Publication[count];
        var index = (int)(from - FirstKept);
        for (var i = 0; i < count; i++)
            publications[i] = _kept[query.Reverse ? index - i : index + i];

        return new HistoryPage(publications, Top, IsComplete: true);
    }
}
