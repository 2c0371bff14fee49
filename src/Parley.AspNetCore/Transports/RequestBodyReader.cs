using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Options;

namespace Parley.AspNetCore.Transports;

/// <summary>Reads bodies of bounded size, in the time that a connection may stay without a connect command.</summary>
internal sealed class RequestBodyReader(IOptions<ParleyOptions> options, TimeProvider time)
{
    private const int FirstBytes = 4096;

    private static readonly Refusal TooSlow = new(StatusCodes.Status408RequestTimeout, "The request did not arrive in time.");

    /// <summary>Reads all of a body.</summary>
    /// <param name="request">The request.</param>
    /// <param name="maxBytes">Most bytes it may have.</param>
    /// <returns>The bytes, or why there are none.</returns>
    public async ValueTask<(byte[]? Body, Refusal? Refusal)> ReadAsync(HttpRequest request, int maxBytes)
    {
        if (request.ContentLength > maxBytes) return (null, Refusal.TooLarge);
        if (request.HttpContext.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } feature)
            feature.MaxRequestBodySize = maxBytes;

        using var patience = new CancellationTokenSource(options.Value.Clients.StaleTimeout, time);
        // Grows with what arrives: a length is a promise that costs a stranger nothing.
        using var body = new MemoryStream((int)Math.Min(request.ContentLength ?? FirstBytes, FirstBytes));
        var buffer = new byte[FirstBytes];
        try
        {
            while (await request.Body.ReadAsync(buffer, patience.Token) is var count && count > 0)
            {
                if (body.Length + count > maxBytes) return (null, Refusal.TooLarge);
                body.Write(buffer, 0, count);
            }
        }
        catch (BadHttpRequestException exception)
        {
            return (null, new Refusal(exception.StatusCode, exception.Message));
        }
        catch (OperationCanceledException)
        {
            return (null, TooSlow);
        }
        catch (IOException)
        {
            // The client broke off; nobody reads the answer.
            return (null, Refusal.Bad("The request did not arrive."));
        }

        return (body.ToArray(), null);
    }
}
