using Parley.AspNetCore.Api;
using Parley.Server.Configuration;

namespace Parley.Server.Metrics;

/// <summary>Decides who may read the metrics: holders of a key, here or through a proxy, unless they are open to everybody.</summary>
internal sealed class MetricsAccess(ServerSettings settings)
{
    private const string KeyHeader = "X-API-Key";
    private static readonly string[] Schemes = ["bearer ", "apikey "];

    private readonly bool _isOpen = settings.Server.Metrics.AllowAnonymous;
    private readonly KeyHashes _keys = KeyHashes.Of([.. settings.Server.Metrics.Keys, .. settings.Parley.Api.Keys]);

    public bool Admits(HttpRequest request) => _isOpen || _keys.Contain(KeyOf(request));

    private static string KeyOf(HttpRequest request)
    {
        var key = request.Headers[KeyHeader].ToString();
        if (key.Length > 0)
            return key;
        var authorization = request.Headers.Authorization.ToString();
        var scheme = Schemes.FirstOrDefault(scheme => authorization.StartsWith(scheme, StringComparison.OrdinalIgnoreCase));
        return scheme is null ? "" : authorization[scheme.Length..].Trim();
    }
}
