using System.Globalization;
using System.Text;
using Parley.Server.Configuration;

namespace Parley.Server.Hosting;

/// <summary>What the server says on standard output when it has started: where it is and what to do next.</summary>
internal static class Banner
{
    /// <param name="settings">The effective configuration.</param>
    /// <param name="keyFile">The file of generated keys; null when none is in use.</param>
    /// <param name="addresses">The addresses that are bound, with real ports.</param>
    /// <param name="development">Secrets to show, in development mode only; null otherwise.</param>
    public static string Write(
        ServerSettings settings, KeyFile? keyFile, IReadOnlyCollection<string> addresses, DevelopmentSecrets? development)
    {
        var text = new StringBuilder();
        var url = Reachable(addresses.FirstOrDefault() ?? BuiltInValues.DefaultUrl);
        text.Append(CultureInfo.InvariantCulture, $"\nParley {ProductVersion.Text} is listening on {string.Join(", ", addresses)}\n\n");
        if (development is not null)
            Line("DEVELOPMENT MODE", Relaxed(settings));

        Line("clients connect to", $"{WebSocketScheme(url)}/connection/websocket");
        Line("backends call", $"{url}/api/...");
        Line("health", $"{url}/health/live and {url}/health/ready");
        if (settings.Server.Metrics.Enabled)
            Line("metrics", $"{url}/metrics, {(settings.Server.Metrics.AllowAnonymous ? "open to everybody" : "with an API key")}");
        if (keyFile is not null)
            Line("generated keys", keyFile.Path);

        text.Append("\nNext\n");
        if (development is not null)
            Line("live console", $"open {url}/ in two browser windows");
        Line("make a token", $"{CommandName.Of(settings)} token --user alice");
        Line("publish", Curl(url, ApiKeyHint(settings, keyFile, development)));
        if (development is null)
            Line("try it", $"{CommandName.Of(settings)} serve --dev, for a live console in the browser");
        else if (development.Token is not null)
            Line("a token", development.Token);

        return text.Append('\n').ToString();

        void Line(string what, string value) => text.Append(CultureInfo.InvariantCulture, $"  {what,-20}{value}\n");
    }

    private static string Relaxed(ServerSettings settings) => settings.Parley.Clients switch
    {
        { Insecure: true } => "loopback only; every client may do everything without a token",
        { AllowAnonymous: true } => "loopback only; clients may connect without a token",
        _ => "loopback only",
    };

    // "All addresses" can be listened on but not called.
    private static string Reachable(string url)
        => url.Replace("//0.0.0.0:", "//localhost:", StringComparison.Ordinal).Replace("//[::]:", "//localhost:", StringComparison.Ordinal);

    private static string WebSocketScheme(string url)
        => url.StartsWith("https:", StringComparison.OrdinalIgnoreCase) ? $"wss:{url[6..]}" : $"ws:{url[5..]}";

    private static string? ApiKeyHint(ServerSettings settings, KeyFile? keyFile, DevelopmentSecrets? development)
    {
        if (settings.Parley.Api.Insecure)
            return null;
        if (development?.ApiKey is { } key)
            return key;
        return settings.UsesGeneratedApiKey && keyFile is not null ? "<apiKey of keys.json>" : "<one of Parley:Api:Keys>";
    }

    private static string Curl(string url, string? key)
    {
        var header = key is null ? "" : $"-H 'X-API-Key: {key}' ";
        return $"curl {url}/api/publish {header}-H 'Content-Type: application/json' "
            + """-d '{"channel":"chat","data":{"text":"hello"}}'""";
    }
}

/// <summary>What development mode prints so that the first try is one paste away.</summary>
/// <param name="ApiKey">A key of the HTTP API; null when it is open.</param>
/// <param name="Token">A connection token; null when the server cannot sign.</param>
internal sealed record DevelopmentSecrets(string? ApiKey, string? Token);
