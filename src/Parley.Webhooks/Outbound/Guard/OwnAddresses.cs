using System.Net;
using System.Net.NetworkInformation;

namespace Parley.Webhooks.Outbound.Guard;

/// <summary>The addresses that this machine has itself, public ones too. They are read again now and then, since networks come and go.</summary>
internal sealed class OwnAddresses(TimeProvider time)
{
    private static readonly TimeSpan Kept = TimeSpan.FromSeconds(30);

    private readonly Lock _gate = new();
    private HashSet<IPAddress> _known = [];
    private long? _readAt;

    public bool Contains(IPAddress address)
    {
        lock (_gate)
        {
            if (_readAt is not { } at || time.GetElapsedTime(at) >= Kept)
            {
                _known = Read() ?? _known;
                _readAt = time.GetTimestamp();
            }

            return _known.Contains(address);
        }
    }

    private static HashSet<IPAddress>? Read()
    {
        try
        {
            return
            [
                .. NetworkInterface.GetAllNetworkInterfaces()
                    .SelectMany(static network => network.GetIPProperties().UnicastAddresses)
                    .Select(static own => new IPAddress(own.Address.GetAddressBytes())), // without a scope
            ];
        }
        catch (NetworkInformationException)
        {
            return null;
        }
    }
}
