using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Parley.Server.Doctor;

/// <summary>Tries long polling: opens a session, and lets one poll be held.</summary>
/// <remarks>Source: docs/protocol/long-polling.md.</remarks>
/// <param name="http">Has no time-out of its own.</param>
internal sealed class LongPollProbe(HttpClient http) : HttpProbe("long_poll", http)
{
    private const string Session = "Parley-Session";
    private const string Node = "Parley-Node";

    /// <summary>How long the server holds a poll.</summary>
    private static readonly TimeSpan LongestHold = TimeSpan.FromSeconds(25);

    private static readonly TimeSpan Tolerance = TimeSpan.FromSeconds(1);

    protected override async Task<Finding> RunAsync(Examination examination, Observation observation, CancellationToken cancellationToken)
    {
        using var patience = PatienceOf(examination, cancellationToken);
        using var request = Post(examination, examination.Transport(Name), examination.Connect, "application/json");
        using var response = await Http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, patience.Token);
        observation.Opened();
        if (!response.IsSuccessStatusCode) return Unexpected(observation, response);

        observation.Answered((await response.Content.ReadAsStringAsync(patience.Token)).Split('\n')[0]);
        if (observation.WasRefused) return observation.Works(TimeSpan.Zero);
        if (HeaderOf(response, Session) is not { } session || HeaderOf(response, Node) is not { } node)
            return observation.Fails("the answer came without its headers", Advice.HeadersLost);

        try
        {
            return await KeepAsync(examination, observation, session, node, cancellationToken);
        }
        finally
        {
            await EndAsync(examination, session, node);
        }
    }

    private async Task<Finding> KeepAsync(
        Examination examination, Observation observation, string session, string node, CancellationToken cancellationToken)
    {
        var hold = examination.Hold < LongestHold ? examination.Hold : LongestHold;
        using var request = Of(examination, HttpMethod.Post, session, node);
        request.Headers.Add("Parley-Ack", "1");
        request.Headers.Add("Parley-Wait", Math.Ceiling(hold.TotalSeconds).ToString(CultureInfo.InvariantCulture));
        var begin = observation.Elapsed;
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(hold + examination.Patience);
        try
        {
            using var response = await Http.SendAsync(request, patience.Token);
            var held = observation.Elapsed - begin;
            return response.StatusCode switch
            {
                HttpStatusCode.NoContent when held < hold - Tolerance => observation.Fails("the poll was answered before its time", Advice.NotTheServer),
                HttpStatusCode.NoContent => observation.Works(hold),
                // Something was published or the server stops: the poll did what it is for.
                HttpStatusCode.OK => observation.Works(held),
                HttpStatusCode.NotFound => observation.Fails("the poll found no session", Advice.OtherNode),
                HttpStatusCode.BadGateway or HttpStatusCode.GatewayTimeout or HttpStatusCode.RequestTimeout when hold > TimeSpan.Zero =>
                    observation.Fails($"the held poll was answered with HTTP {(int)response.StatusCode}", Advice.PollCutAfter(held)),
                _ => Unexpected(observation, response),
            };
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return observation.Fails("the held poll got no answer", Advice.PollCutAfter(observation.Elapsed - begin));
        }
        catch (Exception exception) when (exception is HttpRequestException or SocketException)
        {
            return observation.Fails("the held poll was cut", Advice.PollCutAfter(observation.Elapsed - begin));
        }
    }

    private async Task EndAsync(Examination examination, string session, string node)
    {
        try
        {
            using var patience = PatienceOf(examination, CancellationToken.None);
            using var request = Of(examination, HttpMethod.Delete, session, node);
            using var response = await Http.SendAsync(request, patience.Token);
        }
        catch (Exception exception) when (exception is HttpRequestException or SocketException or OperationCanceledException)
        {
            // The session ends by itself.
        }
    }

    private HttpRequestMessage Of(Examination examination, HttpMethod method, string session, string node)
    {
        var request = Request(examination, method, examination.Transport(Name));
        request.Headers.Add(Session, session);
        request.Headers.Add(Node, node);
        return request;
    }

    private static string? HeaderOf(HttpResponseMessage response, string name) =>
        response.Headers.TryGetValues(name, out var values) ? values.FirstOrDefault() : null;
}
