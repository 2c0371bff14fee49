namespace Parley.Client.Tests;

public sealed class OptionsTests
{
    [Fact]
    public void Options_that_cannot_work_are_refused_with_their_name()
    {
        AssertRefused("MinReconnectDelay", static options => options.MinReconnectDelay = TimeSpan.Zero);
        AssertRefused("MaxReconnectDelay", static options => options.MaxReconnectDelay = TimeSpan.FromMilliseconds(1));
        AssertRefused("Timeout", static options => options.Timeout = TimeSpan.Zero);
        AssertRefused("MaxServerPingDelay", static options => options.MaxServerPingDelay = TimeSpan.FromSeconds(-1));
        AssertRefused("Transports", static options => options.Transports.Clear());
        AssertRefused("Transports", static options => options.Transports.Add((ClientTransport)99));
        AssertRefused("Data", static options => options.Data = "no JSON"u8.ToArray());
        AssertRefused("Protobuf", static options =>
        {
            options.Format = ProtocolFormat.Protobuf;
            options.Transports.Clear();
            options.Transports.Add(ClientTransport.ServerSentEvents);
        });
    }

    private static void AssertRefused(string name, Action<ParleyClientOptions> configure)
    {
        var options = new ParleyClientOptions();
        configure(options);

        var refusal = Assert.Throws<ArgumentException>("options", () => new ParleyClient(new Uri("http://localhost"), options));

        Assert.Contains(name, refusal.Message, StringComparison.Ordinal);
    }
}
