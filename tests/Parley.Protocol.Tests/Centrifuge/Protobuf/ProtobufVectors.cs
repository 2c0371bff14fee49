namespace Parley.Protocol.Tests.Centrifuge.Protobuf;

/// <summary>The shared cases in Protocol Buffers, from the protocol's field numbers. See <see cref="Hex"/> for the notation.</summary>
internal static class ProtobufVectors
{
    public static IReadOnlyDictionary<string, byte[]> Commands { get; } = Encode(new()
    {
        ["pong"] = "00",
        ["connect"] = "0F 08 01 22 0B 0A 05 't.o.k' 22 02 'js'",
        ["connect with nothing"] = "04 08 01 22 00",
        ["connect with everything"] =
            """
            3B 08 01 22 37 0A 01 't' 12 07 '{"a":1}' 1A 0F 0A 04 'news' 12 07 18 01 32 01 'e' 38 07
            22 01 'n' 2A 01 'v' 32 0A 0A 05 'X-Key' 12 01 'k' 38 01 42 01 'd' 4A 01 'p'
            """,
        ["subscribe"] = "0C 08 02 2A 08 0A 04 'news' 70 01",
        ["subscribe with everything"] =
            """
            68 08 AC 02 2A 63 0A 01 'c' 12 01 't' 18 01 32 01 'e' 38 FF FF FF FF FF FF FF FF FF 01 42 02 '[]'
            48 01 50 01 58 01 62 06 'fossil'
            6A 1F 0A 03 'and' 32 0A 12 01 'k' 1A 02 'eq' 22 01 'v' 32 0C 12 01 'l' 1A 02 'in' 2A 01 'x' 2A 00
            70 03 78 01 80 01 02 8A 01 01 'z' 90 01 FF FF FF FF FF FF FF FF FF 01 98 01 01
            """,
        ["unsubscribe"] = "0A 08 03 32 06 0A 04 'news'",
        ["publish"] = """14 08 04 3A 10 0A 04 'news' 12 08 '{"n":18}'""",
        ["publish to a map"] = "11 08 05 3A 0D 0A 01 'm' 12 01 '1' 18 01 22 01 'k' 28 01",
        ["presence"] = "0A 08 06 42 06 0A 04 'news'",
        ["presence stats"] = "0A 08 07 4A 06 0A 04 'news'",
        ["history"] = "0C 08 08 52 08 0A 04 'news' 38 0A",
        ["history with everything"] =
            "1C 08 08 52 18 0A 01 'c' 38 FF FF FF FF FF FF FF FF FF 01 42 06 08 80 01 12 01 'e' 48 01",
        ["history from the beginning"] = "09 08 08 52 05 0A 01 'c' 42 00",
        ["ping"] = "04 08 09 5A 00",
        ["send"] = """08 62 06 0A 04 '"hi"'""",
        ["rpc"] = "0D 08 0A 6A 09 0A 02 '{}' 12 03 'sum'",
        ["refresh"] = "07 08 0B 72 03 0A 01 't'",
        ["sub refresh"] = "0A 08 0C 7A 06 0A 01 'c' 12 01 't'",
        ["sub refresh with everything"] =
            """
            23 08 0D 7A 1F 0A 01 'c' 12 01 't' 18 01
            22 0F 0A 01 's' 12 05 0A 01 'a' 10 03 12 03 0A 01 'b' 2A 01 'u' 2A 01 'v'
            """,
        ["text beyond ASCII"] = "0F 08 0E 32 0B 0A 09 C3 A9 E2 82 AC F0 9F 98 80",
    });

    public static IReadOnlyDictionary<string, byte[]> Replies { get; } = Encode(new()
    {
        ["ping"] = "00",
        ["error"] = "19 08 03 12 15 08 67 12 11 'permission denied'",
        ["temporary error"] = "1F 08 04 12 1B 08 64 12 15 'internal server error' 18 01",
        ["push"] = "21 22 1F 12 04 'news' 3A 17 10 C4 13 1A 12 'insufficient state'",
        ["connect"] = "13 08 01 2A 0F 0A 02 'c1' 12 05 '0.1.0' 38 19 40 01",
        ["connect with everything"] =
            """
            4C 08 01 2A 48 0A 01 'c' 12 01 'v' 18 01 20 AC 02 2A 07 '{"a":1}'
            32 11 0A 04 'news' 12 09 18 01 32 01 'e' 48 07 50 01
            38 19 40 01 4A 01 's' 52 01 'n' 58 80 D0 95 FF BC 31 60 01 6A 0C 0A 01 'd' 12 01 '1' 1A 04 'QQ=='
            """,
        ["subscribe"] = "10 08 02 32 0C 18 01 32 04 'kQxT' 48 11 50 01",
        ["subscribe with nothing"] = "04 08 02 32 00",
        ["subscribe with recovery"] =
            """
            37 08 02 32 33 18 01 32 01 'e' 3A 0B 22 07 '{"n":1}' 30 01
            3A 17 22 07 '{"n":2}' 30 02 3A 0A 0A 04 'lang' 12 02 'en' 40 01 48 01 50 01 60 01
            """,
        ["subscribe with everything"] =
            """
            3A 08 02 32 36 08 01 10 3C 18 01 32 01 'e' 3A 03 22 01 '1' 40 01 48 AC 02 50 01 5A 01 '2' 60 01 68 01
            70 09 78 01 80 01 02 8A 01 01 'z' 92 01 08 22 01 '3' 5A 01 'k' 68 01 98 01 FA 01
            """,
        ["unsubscribe"] = "04 08 03 3A 00",
        ["publish"] = "04 08 04 42 00",
        ["presence"] = "18 08 05 4A 14 0A 12 0A 02 'c1' 12 0C 0A 02 '42' 12 02 'c1' 1A 02 '{}'",
        ["presence of nobody"] = "04 08 05 4A 00",
        ["presence stats"] = "08 08 06 52 04 08 03 10 02",
        ["presence stats of nobody"] = "04 08 06 52 00",
        ["history"] = "10 08 07 5A 0C 0A 05 22 01 '1' 30 01 12 01 'e' 18 01",
        ["history of nothing"] = "04 08 07 5A 00",
        ["client ping"] = "04 08 08 62 00",
        ["rpc"] = "0B 08 09 6A 07 0A 05 '[1,2]'",
        ["rpc with nothing"] = "04 08 09 6A 00",
        ["refresh"] = "0F 08 0A 72 0B 0A 01 'c' 12 01 'v' 18 01 20 AC 02",
        ["sub refresh"] = "04 08 0B 7A 00",
        ["sub refresh with everything"] = "17 08 FF FF FF FF 0F 7A 0F 08 01 10 37 1A 09 22 01 '1' 5A 01 'a' 80 01 04",
    });

    public static IReadOnlyDictionary<string, byte[]> Pushes { get; } = Encode(new()
    {
        ["ping"] = "00",
        ["publication"] = """20 12 04 'news' 22 18 22 08 '{"n":18}' 30 12 3A 0A 0A 04 'lang' 12 02 'en'""",
        ["publication with a numeric channel"] = """13 08 05 22 0F 22 03 '"x"' 2A 08 0A 02 '42' 12 02 'c1'""",
        ["publication with everything"] =
            """
            47 08 01 12 01 'c' 22 40 22 01 '1' 2A 14 0A 01 'u' 12 01 'c' 1A 07 '{"a":1}' 22 03 '[2]' 30 01
            3A 06 0A 01 'k' 12 01 'v' 40 01 48 80 D0 95 FF BC 31 52 01 'd' 5A 01 'k' 60 01 68 03 72 01 'e'
            7A 01 '0' 80 01 AC 02
            """,
        ["join"] = "13 12 01 'c' 2A 0E 0A 0C 12 02 'c1' 1A 02 '{}' 22 02 '{}'",
        ["leave"] = "0F 12 01 'c' 32 0A 0A 08 0A 02 '42' 12 02 'c1'",
        ["unsubscribe"] = "1C 12 01 'c' 3A 17 10 D0 0F 1A 12 'server unsubscribe'",
        ["message"] = "06 42 04 0A 02 '{}'",
        ["subscribe"] = "05 12 01 'c' 4A 00",
        ["subscribe with everything"] = "12 12 01 'c' 4A 0D 08 01 22 01 'e' 28 05 30 01 3A 02 '{}'",
        ["connect"] =
            """
            27 52 25 0A 01 'c' 12 01 'v' 1A 02 '{}' 22 08 0A 04 'news' 12 00 28 01 30 AC 02 38 19 40 01
            4A 01 's' 52 01 'n' 58 01
            """,
        ["disconnect"] = "0F 5A 0D 08 B9 17 12 08 'shutdown'",
        ["disconnect of version 1"] = "11 5A 0F 08 B9 17 12 08 'shutdown' 18 01",
        ["refresh"] = "07 62 05 08 01 10 AC 02",
        ["refresh without expiry"] = "02 62 00",
    });

    private static Dictionary<string, byte[]> Encode(Dictionary<string, string> texts) =>
        texts.ToDictionary(text => text.Key, text => Hex.Parse(text.Value));
}
