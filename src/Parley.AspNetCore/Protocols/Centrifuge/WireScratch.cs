using Wire = Parley.Protocol.Centrifuge;

namespace Parley.AspNetCore.Protocols.Centrifuge;

/// <summary>The messages that are written most, kept by each thread rather than made anew.</summary>
internal sealed class WireScratch
{
    [ThreadStatic]
    private static WireScratch? _spare;

    private WireScratch()
    {
        Push = new Wire.Push { Pub = new Wire.Publication() };
        PushReply = new Wire.Reply { Push = Push };
    }

    /// <summary>A push of a publication.</summary>
    public Wire.Push Push { get; }

    /// <summary>The reply that says the push.</summary>
    public Wire.Reply PushReply { get; }

    /// <summary>For the publication's publisher.</summary>
    public Wire.ClientInfo Info { get; } = new();

    /// <summary>The answer to a publish command.</summary>
    public Wire.Reply PublishReply { get; } = new() { Publish = new Wire.PublishResult() };

    /// <summary>One to use until <see cref="Return"/>; what it held before is to be overwritten.</summary>
    public static WireScratch Take()
    {
        var scratch = _spare ?? new WireScratch();
        _spare = null;
        return scratch;
    }

    public void Return()
    {
        // Somebody's payload must not be kept alive by a thread that does something else now.
        var publication = Push.Pub!;
        publication.Data = default;
        publication.Info = null;
        publication.Tags = null;
        Info.ConnInfo = default;
        Info.ChanInfo = default;
        _spare = this;
    }
}
