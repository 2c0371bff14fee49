using System.Globalization;
using System.Text;

namespace Parley.LoadTest.Tests.Scenarios;

/// <summary>A request to the <see cref="ScriptedServer"/>.</summary>
internal sealed record ScriptedRequest(string Method, string Path, string[] Headers, string Body)
{
    /// <summary>Whether it asks for a batch: it opens a session or acknowledges one.</summary>
    public bool IsPoll => Header("Parley-Ack").Length > 0 || Header("Parley-Session").Length == 0;

    /// <summary>Null when the client has no more.</summary>
    public static async Task<ScriptedRequest?> ReadAsync(Stream stream)
    {
        var head = new StringBuilder();
        var one = new byte[1];
        while (!head.ToString().EndsWith("\r\n\r\n", StringComparison.Ordinal))
        {
            if (await stream.ReadAsync(one) == 0) return null;
            head.Append((char)one[0]);
        }

        var lines = head.ToString().Split("\r\n");
        var request = new ScriptedRequest(lines[0].Split(' ')[0], lines[0].Split(' ')[1], lines[1..], "");
        var length = request.Header("Content-Length");
        var body = new byte[length.Length == 0 ? 0 : int.Parse(length, CultureInfo.InvariantCulture)];
        await stream.ReadExactlyAsync(body);
        return request with { Body = Encoding.UTF8.GetString(body) };
    }

    /// <summary>Empty when there is none.</summary>
    public string Header(string name) =>
        Headers.FirstOrDefault(h => h.StartsWith(name + ": ", StringComparison.OrdinalIgnoreCase))?[(name.Length + 2)..] ?? "";
}
