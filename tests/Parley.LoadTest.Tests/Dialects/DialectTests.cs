using System.Text;
using Parley.LoadTest.Client;
using Parley.LoadTest.Dialects;

namespace Parley.LoadTest.Tests.Dialects;

public sealed class DialectTests
{
    private static readonly string Payload = Stamp.Payload(32).Replace("00000000", "0000002a", StringComparison.Ordinal);

    public static TheoryData<string> Names => [.. Dialect.Names];

    [Fact]
    public void Every_dialect_is_found_by_its_name_and_no_other_is()
    {
        Assert.All(Dialect.Names, name => Assert.Equal(name, Dialect.Find(name).Name));
        Assert.Contains("centrifuge", Assert.Throws<LoadTestException>(() => Dialect.Find("klingon")).Message, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void A_publication_carries_its_number(string name)
    {
        Assert.True(Stamp.TryRead(Dialect.Find(name).Publish("news", 64).With(1_000_000_001, 7), out var sequence));
        Assert.Equal(7u, sequence);
    }

    [Fact]
    public void A_bare_client_is_ready_once_its_channels_are_agreed_to()
    {
        using var peer = new ScriptedPeer(new BareDialect(), channels: ["a", "b"]);

        peer.Expect("sa\nb");
        Assert.False(peer.Client.IsReady);
        peer.Send("s", Payload);

        AssertGetsThePublication(peer);
        Assert.Equal("pnews\n" + Stamp.Payload(32), Text(new BareDialect().Publish("news", 32)));
        Assert.Equal("e" + Stamp.Payload(32), Text(new BareDialect().Call("echo", 32)));
    }

    [Fact]
    public void A_bare_client_takes_nothing_else_from_its_server()
    {
        using var peer = new ScriptedPeer(new BareDialect(), channels: ["a"]);

        peer.Send("what?");

        AssertFails(peer, "what?");
    }

    [Fact]
    public void A_Socket_IO_client_connects_then_subscribes_and_answers_pings()
    {
        using var peer = new ScriptedPeer(new SocketIoDialect(), channels: ["a", "b"]);

        peer.Send("""0{"sid":"x","upgrades":[],"pingInterval":25000,"pingTimeout":20000,"maxPayload":1000000}""");
        peer.Expect("40");
        peer.Send("""40{"sid":"y"}""");
        peer.Expect("""420["subscribe",["a","b"]]""");
        Assert.False(peer.Client.IsReady);
        peer.Send("430[]", $"""42["message",{Payload}]""", "2");

        AssertGetsThePublication(peer);
        peer.Expect("]]3");
        peer.Send($"431000000007[{Payload}]");
        peer.WaitFor(() => peer.Replies.Count == 1);
    }

    [Theory]
    [InlineData("44{\"message\":\"no\"}")]
    [InlineData("41")]
    public void A_Socket_IO_client_that_is_sent_away_ends_the_run(string message)
    {
        using var peer = new ScriptedPeer(new SocketIoDialect(), channels: ["a"]);

        peer.Send(message);

        AssertFails(peer, message);
    }

    [Fact]
    public void A_SignalR_client_shakes_hands_subscribes_and_answers_pings_whatever_its_records_are_cut_into()
    {
        using var peer = new ScriptedPeer(new SignalRDialect(), channels: ["a", "b"]);

        peer.Expect("{\"protocol\":\"json\",\"version\":1}\x1e{\"type\":1,\"invocationId\":\"1\",\"target\":\"subscribe\",\"arguments\":[[\"a\",\"b\"]]}\x1e");
        peer.Send("{}\x1e");
        peer.Send("{\"type\":3,\"invoca", "tionId\":\"1\",\"result\":null}\x1e{\"type\":6}\x1e{\"type\":1,\"target\":\"message\",\"arguments\":[", Payload, "]}\x1e");

        AssertGetsThePublication(peer);
        peer.Expect("{\"type\":6}\x1e");
        peer.Send($"{{\"type\":3,\"invocationId\":\"1000000007\",\"result\":{Payload}}}\x1e");
        peer.WaitFor(() => peer.Replies.Count == 1);
    }

    [Theory]
    [InlineData("{\"error\":\"no\"}\x1e")]
    [InlineData("{\"type\":3,\"invocationId\":\"1\",\"error\":\"no\"}\x1e")]
    [InlineData("{\"type\":7,\"error\":\"no\"}\x1e")]
    public void A_SignalR_client_that_is_refused_ends_the_run(string record)
    {
        using var peer = new ScriptedPeer(new SignalRDialect(), channels: ["a"]);

        peer.Send(record);

        AssertFails(peer, "no");
    }

    [Fact]
    public void A_SignalR_client_that_leaves_is_said_goodbye_to()
    {
        using var peer = new ScriptedPeer(new SignalRDialect(), channels: ["a"]);
        peer.Send("{}\x1e{\"type\":3,\"invocationId\":\"1\",\"result\":null}\x1e");
        peer.WaitFor(() => peer.Client.IsReady);

        peer.Client.BeginClose();
        peer.Send("{\"type\":7,\"allowReconnect\":true}\x1e{\"type\":1,\"target\":\"message\",\"arguments\":[" + Payload + "]}\x1e");

        AssertGetsThePublication(peer);
    }

    [Fact]
    public void A_client_of_nchan_has_its_channels_in_its_path()
    {
        using var peer = new ScriptedPeer(new NchanDialect(), channels: ["a", "b"]);

        peer.WaitFor(() => peer.Client.IsReady);
        peer.Send("queued messages: 1\r\nactive subscribers: 1", Payload);

        AssertGetsThePublication(peer);
        Assert.StartsWith("GET /a,b HTTP/1.1", peer.Head, StringComparison.Ordinal);
    }

    [Fact]
    public void A_NATS_client_reads_a_stream_whatever_it_is_cut_into()
    {
        using var peer = new ScriptedPeer(new NatsDialect(), binary: true, "a", "b");

        peer.Send("INFO {\"server_id\":\"x\"}\r\n");
        peer.Expect("SUB a 1\r\nSUB b 2\r\nPING\r\n");
        Assert.False(peer.Client.IsReady);
        var stream = $"PONG\r\nMSG a 1 32\r\n{Payload}\r\nPING\r\nMSG a 1 reply.to 32\r\n{Payload}\r\n";
        peer.Send([.. stream.Chunk(7).Select(chunk => new string(chunk))]);

        peer.WaitFor(() => peer.Publications.Count == 2);
        Assert.Equal([42, 42], peer.Publications);
        Assert.True(peer.Client.IsReady);
        peer.Expect("PING\r\nPONG\r\n");
        Assert.Equal($"PUB news 32\r\n{Stamp.Payload(32)}\r\n", Text(new NatsDialect().Publish("news", 32)));
    }

    [Fact]
    public void A_NATS_client_that_is_refused_ends_the_run()
    {
        using var peer = new ScriptedPeer(new NatsDialect(), binary: true, "a");

        peer.Send("-ERR 'Authorization Violation'\r\n");

        AssertFails(peer, "Authorization Violation");
    }

    [Fact]
    public void An_MQTT_client_reads_a_stream_whatever_it_is_cut_into()
    {
        using var peer = new ScriptedPeer(new MqttDialect(), binary: true, "a", "bc");

        peer.Expect("\u0010\u000c\0\u0004MQTT\u0004\u0002\0\0\0\0\u0082\u000b\0\u0001\0\u0001a\0\0\u0002bc\0");
        Assert.Contains("Sec-WebSocket-Protocol: mqtt\r\n", peer.Head, StringComparison.Ordinal);
        var payload = Payload + new string(' ', 200); // a length of two bytes
        var stream = $"\u0020\u0002\0\0\u0090\u0004\0\u0001\0\0\u0030{(char)(0x80 | ((payload.Length + 3) & 0x7F))}\u0001\0\u0001a{payload}";
        peer.Send([.. stream.Chunk(7).Select(chunk => new string(chunk))]);

        AssertGetsThePublication(peer);
    }

    [Theory]
    [InlineData("\u0020\u0002\0\u0005")] // not authorised
    [InlineData("\u0090\u0004\0\u0001\0\u0080")] // the second topic is refused
    public void An_MQTT_client_that_is_refused_ends_the_run(string packet)
    {
        using var peer = new ScriptedPeer(new MqttDialect(), binary: true, "a", "b");

        peer.Send(packet);

        AssertFails(peer, "packet of type");
    }

    [Theory]
    [InlineData(32)]
    [InlineData(125)]
    [InlineData(126)]
    [InlineData(20_000)]
    public void An_MQTT_packet_says_how_long_it_is(int payload)
    {
        var packet = new MqttDialect().Publish("news", payload).With(0, 0);

        Assert.True(MqttDialect.TryRead(packet, out var header, out var body));
        Assert.Equal(packet.Length, header + body);
        Assert.Equal(2 + "news".Length + payload, body);
        Assert.False(MqttDialect.TryRead(packet[..^1], out _, out _));
        Assert.Throws<LoadTestException>(() => MqttDialect.TryRead([0x30, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF], out _, out _));
    }

    private static void AssertGetsThePublication(ScriptedPeer peer)
    {
        peer.WaitFor(() => peer.Publications.Count == 1);
        Assert.Equal([42], peer.Publications);
        Assert.True(peer.Client.IsReady);
    }

    private static void AssertFails(ScriptedPeer peer, string because)
    {
        var error = Assert.Throws<LoadTestException>(() => peer.WaitFor(static () => false));
        Assert.Contains(because, error.Message, StringComparison.Ordinal);
    }

    private static string Text(CommandTemplate template) => Encoding.Latin1.GetString(template.With(CommandTemplate.FirstId, 0));
}
