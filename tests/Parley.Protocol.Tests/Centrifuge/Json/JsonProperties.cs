using System.Text.Json;
using System.Text.Unicode;
using CsCheck;
using Parley.Protocol.Centrifuge;

namespace Parley.Protocol.Tests.Centrifuge.Json;

public sealed class JsonProperties : CodecProperties
{
    private const int Payloads = 50_000;

    protected override CentrifugeCodec Codec => CentrifugeCodec.Json;

    protected override IEnumerable<byte[]> ValidFrames =>
        [.. JsonVectors.Commands.Values, .. JsonVectors.Replies.Values, .. JsonFaults.All.Values.Where(fault => fault.Length < 200)];

    protected override byte[] Alphabet { get; } = "{}[],:\"\\ \n\r0123456789eE+-.untrealsf"u8.ToArray();

    [Fact]
    public void A_payload_is_valid_when_the_platforms_parser_says_so_and_its_text_is_Unicode() =>
        FrameGenerator.Mutated(ValidFrames, Alphabet).Sample(
            payload =>
            {
                // That parser looks neither at the encoding nor at surrogates; texts with escapes of these are left out here.
                var isDoubtful = payload.AsSpan().IndexOf("\\ud"u8) >= 0 || payload.AsSpan().IndexOf("\\uD"u8) >= 0;
                if (isDoubtful) return;
                Assert.Equal(IsParsed(payload) && Utf8.IsValid(payload), JsonPayload.IsValid(payload));
            },
            iter: Payloads);

    protected override void AssertUnderstood(ReadOnlyMemory<byte> bytes, Command command)
    {
        // A payload of the greatest depth lies within the command's own levels.
        using var document = JsonDocument.Parse(bytes, new JsonDocumentOptions { MaxDepth = 2 * JsonPayload.MaxDepth });
        Assert.Equal(JsonValueKind.Object, document.RootElement.ValueKind);
        Assert.True(Utf8.IsValid(bytes.Span));
        var hasId = document.RootElement.TryGetProperty("id", out var id) && id.ValueKind == JsonValueKind.Number;
        Assert.Equal(hasId ? id.GetDecimal() : 0, command.Id);
        var hasSend = document.RootElement.TryGetProperty("send", out var send) && send.ValueKind == JsonValueKind.Object;
        Assert.Equal(hasSend, command.Send is not null);
    }

    private static bool IsParsed(byte[] payload)
    {
        try
        {
            using var document = JsonDocument.Parse(payload, new JsonDocumentOptions { MaxDepth = JsonPayload.MaxDepth });
            return true;
        }
        catch (JsonException)
        {
            return false;
        }
    }
}
