using System.Text.Json;

namespace Parley.Server.Doctor;

/// <summary>What is to be looked at.</summary>
/// <param name="Server">Address of the server, or of the proxy before it.</param>
/// <param name="Prefix">Path before the transports' names.</param>
/// <param name="Token">Connection token; empty: none.</param>
/// <param name="Headers">Sent with every request.</param>
/// <param name="Hold">How long a connection is kept quiet, to see whether something cuts it; zero: not at all.</param>
/// <param name="Patience">How long an answer may take.</param>
internal sealed record Examination(
    Uri Server, string Prefix, string Token, IReadOnlyList<KeyValuePair<string, string>> Headers, TimeSpan Hold, TimeSpan Patience)
{
    public string Connect => Token.Length == 0
        ? """{"id":1,"connect":{"name":"doctor"}}"""
        : $$$"""{"id":1,"connect":{"name":"doctor","token":{{{JsonSerializer.Serialize(Token, DoctorJson.Default.String)}}}}}""";

    public Uri At(string path) => new(Server, path);

    public Uri Transport(string name) => At($"{Prefix}/{name}");
}
