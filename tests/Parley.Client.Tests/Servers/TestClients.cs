namespace Parley.Client.Tests.Servers;

/// <summary>Clients that come back much sooner than by default, so that tests need not wait.</summary>
internal static class TestClients
{
    /// <param name="way">Of talking.</param>
    /// <param name="address">Of the server, or of what stands in front of it.</param>
    /// <param name="configure">Changes the options.</param>
    public static ParleyClient New(Way way, Uri address, Action<ParleyClientOptions>? configure = null)
    {
        var options = new ParleyClientOptions
        {
            Format = way.Format(),
            MinReconnectDelay = TimeSpan.FromMilliseconds(10),
            MaxReconnectDelay = TimeSpan.FromMilliseconds(100),
            Timeout = TimeSpan.FromSeconds(20), // of a busy machine
        };
        options.Transports.Clear();
        options.Transports.Add(way.Transport());
        configure?.Invoke(options);
        return new ParleyClient(address, options);
    }
}
