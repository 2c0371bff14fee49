namespace Parley.Client.Transports;

/// <summary>Which transport to try next. Remembers the one that worked.</summary>
internal sealed class TransportPicker(IReadOnlyList<ClientTransport> transports, TimeProvider time)
{
    private static readonly TimeSpan Memory = TimeSpan.FromMinutes(30);

    /// <summary>A network that is away for a moment fails every transport, and says nothing against the one that works.</summary>
    private const int FailuresToForget = 3;

    private ClientTransport? _remembered;
    private long _rememberedAt;
    private int _failures;

    /// <summary>The transports to try one after the other before the client waits.</summary>
    public IReadOnlyList<ClientTransport> NextRound()
    {
        if (_remembered is not { } remembered) return transports;
        if (time.GetElapsedTime(_rememberedAt) < Memory && _failures < FailuresToForget) return [remembered];
        Forget();
        return transports;
    }

    public void Worked(ClientTransport transport)
    {
        _remembered = transport;
        _rememberedAt = time.GetTimestamp();
        _failures = 0;
    }

    public void Failed() => _failures++;

    public void Forget()
    {
        _remembered = null;
        _failures = 0;
    }
}
