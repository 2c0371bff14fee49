using System.Net;
using Parley.Webhooks.Outbound.Guard;

namespace Parley.Webhooks.Tests.Support;

/// <summary>Every name leads to the same addresses.</summary>
internal sealed class FixedResolver(params string[] addresses) : IHostResolver
{
    public int Asked { get; private set; }

    public Task<IPAddress[]> ResolveAsync(string host, CancellationToken cancellationToken)
    {
        Asked++;
        return Task.FromResult(addresses.Select(IPAddress.Parse).ToArray());
    }
}
