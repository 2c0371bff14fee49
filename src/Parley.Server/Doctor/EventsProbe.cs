using System.Net;
using System.Net.Http.Headers;

namespace Parley.Server.Doctor;

/// <summary>Tries plain events, as a browser's own EventSource asks for them.</summary>
/// <param name="http">Has no time-out of its own.</param>
internal sealed class EventsProbe(HttpClient http) : HttpProbe("events", http)
{
    /// <summary>Long enough for the end of an answer to come after its beginning.</summary>
    private static readonly TimeSpan ShortestHold = TimeSpan.FromSeconds(0.5);

    protected override async Task<Finding> RunAsync(Examination examination, Observation observation, CancellationToken cancellationToken)
    {
        using var patience = PatienceOf(examination, cancellationToken);
        using var request = Request(examination);
        using var response = await Http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, patience.Token);
        observation.Opened();
        if (IsRefusedByServer(response))
        {
            observation.Refused((int)response.StatusCode, await response.Content.ReadAsStringAsync(patience.Token));
            return observation.Works(TimeSpan.Zero);
        }

        if (!response.IsSuccessStatusCode) return Unexpected(observation, response);
        if (response.Content.Headers.ContentType?.MediaType != "text/event-stream")
            return observation.Fails("what came is not the protocol", Advice.NotTheServer);
        if (CompressionOf(response) is { } compression) return observation.Fails(compression, Advice.Compressed);

        using var reader = new StreamReader(await response.Content.ReadAsStreamAsync(patience.Token));
        while (await reader.ReadLineAsync(patience.Token) is { } line)
        {
            if (!line.StartsWith("retry:", StringComparison.Ordinal)) continue;

            observation.Answered();
            return await KeepAsync(observation, reader, examination.Hold, cancellationToken);
        }

        return observation.Fails("the body ended before the first event", Advice.NotTheServer);
    }

    private static async Task<Finding> KeepAsync(Observation observation, StreamReader reader, TimeSpan hold, CancellationToken cancellationToken)
    {
        var begin = observation.Elapsed;
        var isStill = true;
        using var end = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        end.CancelAfter(hold > ShortestHold ? hold : ShortestHold);
        try
        {
            while (await reader.ReadLineAsync(end.Token) is { } line)
            {
                if (line == "event: disconnect")
                    return observation.Fails($"the server ended it: {await reader.ReadLineAsync(end.Token)}", Advice.EndedByServer);
                if (line == ":") observation.Pings++;
                isStill &= line.Length == 0;
            }

            // An EventSource takes no other status than 200, so a server that is full or stops says when to come back and ends.
            if (isStill)
                return observation.Fails("the server asks to come back later", Advice.OfStatus(HttpStatusCode.ServiceUnavailable, isUpgrade: false));
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return observation.Works(hold);
        }
        catch (IOException)
        {
            // Cut in the middle of the body.
        }

        return observation.Fails("ended by itself", Advice.CutAfter(observation.Elapsed - begin));
    }

    /// <summary>Whether the server itself refuses this client: what stands in between asks for credentials in its own way.</summary>
    private static bool IsRefusedByServer(HttpResponseMessage response) =>
        response is { StatusCode: HttpStatusCode.Unauthorized or HttpStatusCode.BadRequest or HttpStatusCode.Forbidden, Headers.WwwAuthenticate.Count: 0 }
        && response.Content.Headers.ContentType?.MediaType == "text/plain";

    private static HttpRequestMessage Request(Examination examination)
    {
        var request = Request(examination, HttpMethod.Get, examination.Transport("events"));
        request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("text/event-stream"));
        if (examination.Token.Length > 0) request.Headers.Authorization ??= new AuthenticationHeaderValue("Bearer", examination.Token);
        return request;
    }
}
