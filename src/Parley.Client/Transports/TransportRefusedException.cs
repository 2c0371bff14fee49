using System.Net;

namespace Parley.Client.Transports;

/// <summary>An HTTP server answered a request to open a connection with something else.</summary>
internal sealed class TransportRefusedException(HttpStatusCode status, Exception? innerException = null)
    : Exception($"The server answered with HTTP status {(int)status}.", innerException)
{
    /// <summary>Whether another transport would be refused as well, because the server has too much to do.</summary>
    public bool IsOverload => status is HttpStatusCode.ServiceUnavailable or HttpStatusCode.TooManyRequests;
}
