using System.Buffers;
using Parley.Protocol.Centrifuge;

namespace Parley.AspNetCore.Protocols.Centrifuge.Recovery;

/// <summary>Successive publications of one channel as subscribe results have them, one behind the other: each part of the run is one piece of memory.</summary>
/// <remarks>
/// What was written is found by the publications themselves and not by their offsets: whatever becomes of the channel's history, what is
/// given is what was asked for. Bytes that were given are never written to again, so they may be read without the lock.
/// </remarks>
internal sealed class WrittenRun(CentrifugeCodec codec)
{
    /// <summary>About what a publication takes beside its payload and what is written of it.</summary>
    private const int PublicationOverhead = 192;

    /// <summary>Most publications to keep before the ones that are asked for; histories are asked for up to their end.</summary>
    private const int MostBefore = 1000;

    private readonly Lock _gate = new();
    private readonly List<Publication> _publications = [];
    private readonly List<int> _ends = [];
    private ArrayBufferWriter<byte> _bytes = new();
    private long _payloads;
    private bool _isUsed;
    private bool _isDropped;

    private long Size => _bytes.Capacity + _payloads;

    /// <summary>Gives the bytes of publications, of which those that it has not had before are written now.</summary>
    /// <param name="publications">At least one, in the order of their offsets.</param>
    /// <param name="written">Their bytes.</param>
    /// <param name="change">Bytes of memory that the run takes more than before; may be negative.</param>
    public RunStatus Write(IReadOnlyList<Publication> publications, out ReadOnlyMemory<byte> written, out long change)
    {
        lock (_gate)
        {
            written = default;
            change = 0;
            if (_isDropped)
                return RunStatus.Dropped;

            _isUsed = true;
            var before = Size;
            var status = Write(publications, ref written);
            change = Size - before;
            return status;
        }
    }

    /// <summary>Whether somebody used it since the last call.</summary>
    public bool TakeUsed()
    {
        lock (_gate)
        {
            var isUsed = _isUsed;
            _isUsed = false;
            return isUsed;
        }
    }

    /// <summary>Ends its use.</summary>
    /// <returns>Bytes of memory that it took.</returns>
    public long Drop()
    {
        lock (_gate)
        {
            _isDropped = true;
            return Size;
        }
    }

    private RunStatus Write(IReadOnlyList<Publication> publications, ref ReadOnlyMemory<byte> written)
    {
        var first = Find(publications);
        var isMore = first + publications.Count > _publications.Count;
        if (first < 0 || (isMore && first > MostBefore))
        {
            Clear();
            first = 0;
        }

        for (var i = _publications.Count - first; i < publications.Count; i++)
        {
            if (!codec.CanSay(publications[i]))
                return RunStatus.CannotBeSaid;
            Append(publications[i]);
        }

        var start = first == 0 ? 0 : _ends[first - 1];
        written = _bytes.WrittenMemory[start.._ends[first + publications.Count - 1]];
        return RunStatus.Written;
    }

    /// <summary>Where the publications begin, whether it has all of them or only the first ones.</summary>
    /// <returns>-1 when they are no part of this run, nor go on where it ends.</returns>
    private int Find(IReadOnlyList<Publication> publications)
    {
        if (_publications.Count == 0)
            return 0;

        var distance = publications[0].Offset - _publications[0].Offset; // of an earlier one it is large
        if (distance > (ulong)_publications.Count)
            return -1;

        var first = (int)distance;
        if (first == _publications.Count)
            return publications[0].Epoch == _publications[0].Epoch ? first : -1;

        var known = Math.Min(_publications.Count - first, publications.Count);
        for (var i = 0; i < known; i++)
        {
            if (!SamePublication.Are(_publications[first + i], publications[i]))
                return -1;
        }

        return first;
    }

    private void Append(Publication publication)
    {
        var scratch = WireScratch.Take();
        var wire = scratch.Push.Pub!;
        codec.Fill(wire, publication, scratch.Info);
        wire.Epoch = ""; // a result tells it once for all
        try
        {
            codec.WriteForSubscribeResult(_bytes, wire);
        }
        catch
        {
            Clear(); // half of one may stand behind the last
            throw;
        }

        scratch.Return();
        _publications.Add(publication);
        _ends.Add(_bytes.WrittenCount);
        _payloads += publication.Data.Length + PublicationOverhead;
    }

    private void Clear()
    {
        _publications.Clear();
        _ends.Clear();
        _bytes = new ArrayBufferWriter<byte>();
        _payloads = 0;
    }
}
