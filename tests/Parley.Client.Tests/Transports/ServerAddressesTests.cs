using Parley.Client.Transports;

namespace Parley.Client.Tests.Transports;

public sealed class ServerAddressesTests
{
    [Theory]
    [InlineData("https://example.org", "wss://example.org/", "https://example.org/", "connection")]
    [InlineData("http://example.org:8000/", "ws://example.org:8000/", "http://example.org:8000/", "connection")]
    [InlineData("https://example.org/app", "wss://example.org/app/", "https://example.org/app/", "connection")]
    [InlineData("wss://example.org/connection/websocket", "wss://example.org/", "https://example.org/", "connection")]
    [InlineData("http://example.org/connection/http_stream", "ws://example.org/", "http://example.org/", "connection")]
    [InlineData("ws://example.org/app/live/websocket", "ws://example.org/app/", "http://example.org/app/", "live")]
    public void Endpoints_lie_below_the_address_or_beside_the_one_that_is_given(string address, string webSocket, string http, string folder)
    {
        var addresses = new ServerAddresses(new Uri(address));

        Assert.Equal($"{webSocket}{folder}/websocket", addresses.WebSocket.AbsoluteUri);
        Assert.Equal($"{http}{folder}/http_stream", addresses.HttpStream.AbsoluteUri);
        Assert.Equal($"{http}{folder}/sse", addresses.ServerSentEvents.AbsoluteUri);
        Assert.Equal($"{http}{folder}/long_poll", addresses.LongPoll.AbsoluteUri);
        Assert.Equal($"{http}emulation", addresses.Emulation.AbsoluteUri);
    }

    [Fact]
    public void A_query_goes_with_every_request() =>
        Assert.Equal("ws://h/connection/websocket?tenant=a", new ServerAddresses(new Uri("http://h?tenant=a")).WebSocket.AbsoluteUri);

    [Theory]
    [InlineData("ftp://example.org")]
    [InlineData("file:///somewhere")]
    public void Another_scheme_is_refused(string address) =>
        Assert.Throws<ArgumentException>("address", () => new ServerAddresses(new Uri(address)));
}
