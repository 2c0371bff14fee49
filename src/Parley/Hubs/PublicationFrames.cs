using Parley.Sessions;

namespace Parley.Hubs;

/// <summary>The frames of one publication, each made when the first subscriber of its format needs it.</summary>
/// <remarks>Used under the lock of its channel.</remarks>
internal sealed class PublicationFrames(string channel, Publication publication)
{
    private WireFormat? _format;
    private Frame? _frame;
    private List<(WireFormat Format, Frame? Frame)>? _others;

    public Publication Publication { get; } = publication;

    /// <summary>The frame in a format; null when the payload cannot be said in it.</summary>
    public Frame? Get(WireFormat format)
    {
        if (ReferenceEquals(format, _format))
            return _frame;
        if (_format is null)
        {
            _format = format;
            return _frame = format.Publication(channel, Publication);
        }

        return GetOther(format);
    }

    private Frame? GetOther(WireFormat format)
    {
        _others ??= [];
        foreach (var other in _others)
        {
            if (ReferenceEquals(other.Format, format))
                return other.Frame;
        }

        var frame = format.Publication(channel, Publication);
        _others.Add((format, frame));
        return frame;
    }
}
