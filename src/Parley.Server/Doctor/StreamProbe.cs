using System.Net.Sockets;
using System.Text.Json;

namespace Parley.Server.Doctor;

/// <summary>Tries a transport that goes down the body of a response: HTTP stream and SSE.</summary>
/// <param name="name">Its name.</param>
/// <param name="http">Has no time-out of its own.</param>
internal sealed class StreamProbe(string name, HttpClient http) : HttpProbe(name, http)
{
    private const string EventData = "data: ";

    protected override async Task<Finding> RunAsync(Examination examination, Observation observation, CancellationToken cancellationToken)
    {
        using var patience = PatienceOf(examination, cancellationToken);
        using var request = Post(examination, examination.Transport(Name), examination.Connect);
        using var response = await Http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, patience.Token);
        observation.Opened();
        if (!response.IsSuccessStatusCode) return Unexpected(observation, response);

        using var reader = new StreamReader(await response.Content.ReadAsStreamAsync(patience.Token));
        if (await ReadAsync(reader, patience.Token) is not { } reply)
            return observation.Fails("the body ended before the first reply", Advice.OfStatus(response.StatusCode, isUpgrade: false));
        observation.Answered(reply);
        if (CompressionOf(response) is { } compression) return observation.Fails(compression, Advice.Compressed);
        if (observation.WasRefused) return observation.Works(TimeSpan.Zero);
        return await KeepAsync(examination, observation, reader, SideOf(reply), cancellationToken);
    }

    private async Task<Finding> KeepAsync(
        Examination examination, Observation observation, StreamReader reader, (string Session, string Node) side, CancellationToken cancellationToken)
    {
        // Whatever the server says to it, an answer shows that commands arrive.
        if (await AskAsync(examination, observation, reader, side, """{"id":2,"presence_stats":{"channel":"doctor"}}""", cancellationToken) is { } finding)
            return finding;
        if (examination.Hold == TimeSpan.Zero) return observation.Works(TimeSpan.Zero);

        var begin = observation.Elapsed;
        using var end = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        end.CancelAfter(examination.Hold);
        try
        {
            while (await ReadAsync(reader, end.Token) is { } message)
            {
                if (message.Contains("\"disconnect\"", StringComparison.Ordinal))
                    return observation.Fails($"the server ended it: {message}", Advice.EndedByServer);
                if (message != "{}") continue;
                observation.Pings++;
                await SendAsync(examination, side, "{}", end.Token);
            }
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return observation.Works(examination.Hold);
        }
        catch (IOException)
        {
            // Cut in the middle of the body.
        }

        return observation.Fails("ended by itself", Advice.CutAfter(observation.Elapsed - begin));
    }

    /// <summary>Sends a command beside the stream and waits for its answer down the stream.</summary>
    /// <returns>What is wrong, or null.</returns>
    private async Task<Finding?> AskAsync(
        Examination examination, Observation observation, StreamReader reader, (string Session, string Node) side, string command,
        CancellationToken cancellationToken)
    {
        using var patience = PatienceOf(examination, cancellationToken);
        try
        {
            if (!await SendAsync(examination, side, command, patience.Token))
                return observation.Fails("POST /emulation was not taken", Advice.EmulationLost);
            while (await ReadAsync(reader, patience.Token) is { } message)
            {
                if (message == "{}") await SendAsync(examination, side, "{}", patience.Token);
                if (message.StartsWith("{\"id\":2,", StringComparison.Ordinal)) return null;
            }

            return observation.Fails("the stream ended when a command was sent beside it", Advice.EmulationLost);
        }
        catch (Exception exception) when (exception is HttpRequestException or SocketException or IOException)
        {
            return observation.Fails($"POST /emulation failed: {exception.Message}", Advice.EmulationLost);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return observation.Fails($"no answer to a command beside the stream within {examination.Patience.TotalSeconds:0} s", Advice.Buffered);
        }
    }

    private async Task<bool> SendAsync(
        Examination examination, (string Session, string Node) side, string commands, CancellationToken cancellationToken)
    {
        Dictionary<string, string> values = new()
        {
            ["session"] = side.Session,
            ["node"] = side.Node,
            ["data"] = commands,
        };
        var body = JsonSerializer.Serialize(values, DoctorJson.Default.DictionaryStringString);
        using var request = Post(examination, examination.At("/emulation"), body);
        using var patience = PatienceOf(examination, cancellationToken);
        using var response = await Http.SendAsync(request, patience.Token);
        return response.IsSuccessStatusCode;
    }

    private static (string Session, string Node) SideOf(string reply)
    {
        using var json = JsonDocument.Parse(reply);
        var connect = json.RootElement.GetProperty("connect");
        return (connect.GetProperty("session").GetString()!, connect.GetProperty("node").GetString()!);
    }

    /// <returns>The next message; null at the end.</returns>
    private static async Task<string?> ReadAsync(StreamReader reader, CancellationToken cancellationToken)
    {
        while (await reader.ReadLineAsync(cancellationToken) is { } line)
        {
            var text = line.StartsWith(EventData, StringComparison.Ordinal) ? line[EventData.Length..] : line;
            if (text.Length > 0) return text;
        }

        return null;
    }
}
