namespace Parley.Brokers.Memory;

/// <summary>An event that waits for its turn to be raised.</summary>
internal readonly struct PendingEvent
{
    private readonly object _value;
    private readonly Kind _kind;

    private PendingEvent(Kind kind, object value)
    {
        _kind = kind;
        _value = value;
    }

    private enum Kind : byte
    {
        Publication,
        Join,
        Leave,
    }

    public static PendingEvent Of(Publication publication) => new(Kind.Publication, publication);

    public static PendingEvent OfJoin(ClientInfo info) => new(Kind.Join, info);

    public static PendingEvent OfLeave(ClientInfo info) => new(Kind.Leave, info);

    public void Raise(IBrokerEvents events, string channel)
    {
        switch (_kind)
        {
            case Kind.Publication:
                events.OnPublication(channel, (Publication)_value);
                break;
            case Kind.Join:
                events.OnJoin(channel, (ClientInfo)_value);
                break;
            default:
                events.OnLeave(channel, (ClientInfo)_value);
                break;
        }
    }
}
