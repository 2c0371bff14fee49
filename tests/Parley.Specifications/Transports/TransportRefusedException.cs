using System.Globalization;
using System.Net;

namespace Parley.Specifications.Transports;

/// <summary>A request was answered with a status that is not the one of success.</summary>
public sealed class TransportRefusedException(HttpStatusCode status) : Exception(((int)status).ToString(CultureInfo.InvariantCulture))
{
    /// <summary>The status.</summary>
    public HttpStatusCode Status => status;
}
