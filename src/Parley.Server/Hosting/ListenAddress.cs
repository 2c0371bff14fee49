using Parley.AspNetCore.Configuration;
using Parley.AspNetCore.Transports;

namespace Parley.Server.Hosting;

/// <summary>An address that the server is told to listen on.</summary>
/// <param name="Url">As configured.</param>
/// <param name="IsLoopback">Whether only this machine can reach it.</param>
/// <param name="IsEncrypted">Whether it is served with TLS.</param>
internal sealed record ListenAddress(string Url, bool IsLoopback, bool IsEncrypted)
{
    /// <summary>Finds the addresses by the web server's own rules: its endpoints, else the URLs, else the ports on all addresses.</summary>
    public static IReadOnlyList<ListenAddress> Find(IConfiguration configuration, ICollection<OptionsProblem> problems)
    {
        List<ListenAddress> addresses = [];
        var endpoints = configuration.GetSection("Kestrel:Endpoints").GetChildren().ToList();
        if (endpoints.Count > 0)
        {
            foreach (var endpoint in endpoints)
                Add($"{endpoint.Path}:Url", endpoint["Url"]);
        }
        else if (configuration[WebHostDefaults.ServerUrlsKey] is { Length: > 0 } urls)
        {
            foreach (var url in Parts(urls))
                Add(WebHostDefaults.ServerUrlsKey, url);
        }
        else
        {
            foreach (var port in Parts(configuration[WebHostDefaults.HttpPortsKey]))
                Add(WebHostDefaults.HttpPortsKey, $"http://*:{port}");
            foreach (var port in Parts(configuration[WebHostDefaults.HttpsPortsKey]))
                Add(WebHostDefaults.HttpsPortsKey, $"https://*:{port}");
        }

        return addresses;

        void Add(string key, string? url)
        {
            if (TryParse(url) is { } address)
                addresses.Add(address);
            else
                problems.Add(new(key, url, "is not an address. Write scheme, host and port, as http://127.0.0.1:8000."));
        }
    }

    private static ListenAddress? TryParse(string? url)
    {
        try
        {
            var address = BindingAddress.Parse(url ?? "");
            var isHttp = address.Scheme.Equals("http", StringComparison.OrdinalIgnoreCase);
            var isHttps = address.Scheme.Equals("https", StringComparison.OrdinalIgnoreCase);
            return isHttp || isHttps ? new(url!, LocalRequest.IsLoopbackHost(address.Host), isHttps) : null;
        }
        catch (FormatException)
        {
            return null;
        }
    }

    private static string[] Parts(string? list)
        => (list ?? "").Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
}
