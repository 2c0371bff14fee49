using Parley.Server.Configuration;

namespace Parley.Server.Hosting;

/// <summary>Logs what an operator wants to find later, and warns of what is likely a mistake.</summary>
internal sealed partial class StartReport(ILogger<StartReport> logger)
{
    public void Write(ServerSettings settings, KeyFile? keyFile, IEnumerable<string> boundAddresses)
    {
        var files = settings.Sources.Files;
        LogStarted(logger, ProductVersion.Text, string.Join(", ", boundAddresses));
        LogConfiguration(
            logger, files.Count == 0 ? "none" : string.Join(", ", files), Path.GetFullPath(settings.Server.DataDirectory));
        WarnOfExposure(settings);
        if (keyFile?.IsReadableByOthers() == true)
            LogKeysReadable(logger, keyFile.Path);
        if (DescriptorLimit.Read() is { } limit and < DescriptorLimit.Comfortable)
            LogFewDescriptors(logger, limit, DescriptorLimit.Connections(limit));
    }

    private void WarnOfExposure(ServerSettings settings)
    {
        // In development the server listens on loopback only, and relaxing is the purpose.
        if (settings.Sources.IsDevelopment)
            return;

        foreach (var address in settings.Addresses.Where(static address => !address.IsLoopback && !address.IsEncrypted))
        {
            if (settings.Server.Proxies.Count == 0)
                LogUnencrypted(logger, address.Url);
        }

        if (settings.Parley.Clients.Insecure)
            LogInsecureClients(logger);
        if (settings.Parley.Api.Insecure)
            LogInsecureApi(logger);
        if (settings.Server.Metrics is { Enabled: true, AllowAnonymous: true } && settings.Addresses.Any(static address => !address.IsLoopback))
            LogOpenMetrics(logger);
    }

    [LoggerMessage(1, LogLevel.Information, "Parley {Version} is listening on {Addresses}")]
    private static partial void LogStarted(ILogger logger, string version, string addresses);

    [LoggerMessage(2, LogLevel.Information, "Configuration files: {Files}; data directory: {DataDirectory}")]
    private static partial void LogConfiguration(ILogger logger, string files, string dataDirectory);

    [LoggerMessage(3, LogLevel.Warning,
        "{Url} is NOT ENCRYPTED and reachable from other machines: tokens, API keys and messages can be read and changed on the way. "
        + "Configure a certificate (Kestrel:Endpoints:Https), or put a TLS proxy in front and name it in Parley:Proxies")]
    private static partial void LogUnencrypted(ILogger logger, string url);

    [LoggerMessage(4, LogLevel.Warning,
        "Parley:Clients:Insecure is on: every client may connect, subscribe, publish and read without a token")]
    private static partial void LogInsecureClients(ILogger logger);

    [LoggerMessage(5, LogLevel.Warning, "Parley:Api:Insecure is on: everybody who reaches this server may call its API")]
    private static partial void LogInsecureApi(ILogger logger);

    [LoggerMessage(6, LogLevel.Warning, "{Path} can be read by other users of this machine; run: chmod 600 {Path}")]
    private static partial void LogKeysReadable(ILogger logger, string path);

    [LoggerMessage(7, LogLevel.Warning,
        "This process may open {Limit} files, which leaves room for about {Connections} connections. Raise it to 65536 or more: "
        + "ulimit -n 65536 in a shell, LimitNOFILE=65536 in a systemd unit, --ulimit nofile=65536:65536 for a container")]
    private static partial void LogFewDescriptors(ILogger logger, long limit, long connections);

    [LoggerMessage(8, LogLevel.Warning, "Parley:Metrics:AllowAnonymous is on: everybody who reaches this server may read /metrics")]
    private static partial void LogOpenMetrics(ILogger logger);
}
