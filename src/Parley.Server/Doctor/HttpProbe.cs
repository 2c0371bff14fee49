using System.Net.Sockets;
using System.Text;
using System.Text.Json;

namespace Parley.Server.Doctor;

/// <summary>Tries a transport over plain requests.</summary>
/// <param name="name">Its name.</param>
/// <param name="http">Has no time-out of its own.</param>
internal abstract class HttpProbe(string name, HttpClient http)
{
    protected string Name { get; } = name;

    protected HttpClient Http { get; } = http;

    public async Task<Finding> RunAsync(Examination examination, CancellationToken cancellationToken)
    {
        var observation = new Observation(Name);
        try
        {
            return await RunAsync(examination, observation, cancellationToken);
        }
        // Bare when a connection is reset in the moment in which it is made.
        catch (Exception exception) when (exception is HttpRequestException or SocketException)
        {
            return observation.Fails(exception.InnerException?.Message ?? exception.Message, Advice.NotReached);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return observation.Fails($"no reply within {examination.Patience.TotalSeconds:0} s", Advice.Buffered);
        }
        catch (Exception exception) when (exception is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            return observation.Fails("what came is not the protocol", Advice.NotTheServer);
        }
        catch (IOException)
        {
            return observation.Fails("the body was cut before the first reply", Advice.Buffered);
        }
    }

    /// <summary>Tries it; what this throws becomes a finding about a first reply that did not come.</summary>
    protected abstract Task<Finding> RunAsync(Examination examination, Observation observation, CancellationToken cancellationToken);

    protected static CancellationTokenSource PatienceOf(Examination examination, CancellationToken cancellationToken)
    {
        var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(examination.Patience);
        return patience;
    }

    protected static HttpRequestMessage Request(Examination examination, HttpMethod method, Uri address)
    {
        var request = new HttpRequestMessage(method, address);
        foreach (var (name, value) in examination.Headers)
            request.Headers.TryAddWithoutValidation(name, value);
        return request;
    }

    protected static HttpRequestMessage Post(Examination examination, Uri address, string body, string? mediaType = null)
    {
        var request = Request(examination, HttpMethod.Post, address);
        request.Content = new ByteArrayContent(Encoding.UTF8.GetBytes(body));
        if (mediaType is not null) request.Content.Headers.ContentType = new(mediaType);
        return request;
    }

    protected static string? CompressionOf(HttpResponseMessage response) =>
        response.Content.Headers.ContentEncoding.Count > 0 ? $"the body is compressed ({string.Join(", ", response.Content.Headers.ContentEncoding)})" : null;

    /// <summary>What a status means that is not the expected one.</summary>
    protected static Finding Unexpected(Observation observation, HttpResponseMessage response) =>
        observation.Fails($"answered with HTTP {(int)response.StatusCode}", Advice.OfStatus(response.StatusCode, isUpgrade: false));
}
