using Parley.Sessions;

namespace Parley.Hubs;

/// <summary>The frames of one publication, each made when the first subscriber of its format needs it.</summary>
/// <remarks>Used under the lock of its channel.</remarks>
internal sealed class PublicationFrames
{
    [ThreadStatic]
    private static PublicationFrames? _spare;

    private string _channel = "";
    private Publication? _publication;
    private WireFormat? _format;
    private Frame? _frame;
    private List<(WireFormat Format, Frame? Frame)>? _others;

    private PublicationFrames()
    {
    }

    public Publication Publication => _publication!;

    /// <summary>Whether somebody keeps them for later.</summary>
    public bool AreHeld { get; set; }

    /// <summary>Frames of a publication, to be given back with <see cref="Return"/>.</summary>
    public static PublicationFrames Of(string channel, Publication publication)
    {
        var frames = _spare ?? new PublicationFrames();
        _spare = null;
        frames._channel = channel;
        frames._publication = publication;
        return frames;
    }

    /// <summary>Ends their use, unless they are held.</summary>
    public void Return()
    {
        if (AreHeld)
            return;
        _publication = null;
        _format = null;
        _frame = null;
        _others?.Clear();
        _spare = this;
    }

    /// <summary>The frame in a format; null when the payload cannot be said in it.</summary>
    public Frame? Get(WireFormat format)
    {
        if (ReferenceEquals(format, _format))
            return _frame;
        if (_format is null)
        {
            _format = format;
            return _frame = format.Publication(_channel, Publication);
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

        var frame = format.Publication(_channel, Publication);
        _others.Add((format, frame));
        return frame;
    }
}
