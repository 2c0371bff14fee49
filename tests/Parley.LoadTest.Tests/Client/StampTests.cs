using System.Text;
using System.Text.Json;
using Parley.LoadTest.Client;
using Parley.LoadTest.Dialects;

namespace Parley.LoadTest.Tests.Client;

public sealed class StampTests
{
    [Theory]
    [InlineData(Stamp.MinPayloadBytes)]
    [InlineData(128)]
    [InlineData(4096)]
    public void A_payload_is_JSON_of_exactly_the_length_that_was_asked_for(int length)
    {
        var payload = Stamp.Payload(length);

        Assert.Equal(length, Encoding.UTF8.GetByteCount(payload));
        using var json = JsonDocument.Parse(payload);
        Assert.Equal(JsonValueKind.Object, json.RootElement.ValueKind);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(0xdeadbeef)]
    [InlineData(uint.MaxValue)]
    public void A_command_carries_its_id_and_its_number(uint sequence)
    {
        var command = Dialect.Default.Publish("news", 64).With(4_000_000_001, sequence);

        Assert.True(Stamp.TryRead(command, out var read));
        Assert.Equal(sequence, read);
        using var json = JsonDocument.Parse(command.ToArray());
        Assert.Equal(4_000_000_001, json.RootElement.GetProperty("id").GetUInt32());
        Assert.Equal("news", json.RootElement.GetProperty("publish").GetProperty("channel").GetString());
    }

    [Fact]
    public void A_push_without_a_stamp_is_none_of_ours() =>
        Assert.False(Stamp.TryRead("""{"push":{"channel":"c","join":{"info":{"user":"","client":"1"}}}}"""u8, out _));
}
