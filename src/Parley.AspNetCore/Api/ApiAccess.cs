using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Options;
using Parley.AspNetCore.Transports;
using Parley.Sessions;

namespace Parley.AspNetCore.Api;

/// <summary>Decides who may call the API: holders of a key, or in insecure mode everybody on this machine.</summary>
/// <remarks>Thread-safe. The options are read for every request, so that a reload withdraws a key at once.</remarks>
internal sealed class ApiAccess(IOptionsMonitor<ParleyOptions> options)
{
    private const string KeyHeader = "X-API-Key";
    private const string Scheme = "apikey ";

    private volatile KeyHashes _keys = new([], []);

    /// <summary>Why a request is refused; null when it may go on.</summary>
    public ApiRefusal? Check(HttpRequest request)
    {
        // Addresses are written to logs of servers and proxies, and stay in histories. One that has a key is refused even when a header
        // has it too, so that it is noticed.
        if (request.QueryString.HasValue && request.Query.ContainsKey("api_key"))
            return Unauthorized("a key in the URL is not taken, send it in the header X-API-Key");

        var api = options.CurrentValue.Api;
        if (HasKey(request, api))
            return null;
        return api.Insecure ? CheckLocal(request) : Unauthorized("no valid key in the header X-API-Key or Authorization: apikey KEY");
    }

    private bool HasKey(HttpRequest request, ApiOptions api)
    {
        var keys = _keys;
        if (!keys.AreOf(api.Keys))
            _keys = keys = KeyHashes.Of(api.Keys);

        var headers = request.Headers;
        var authorization = headers.Authorization.ToString();
        return keys.Contain(headers[KeyHeader].ToString())
            | (authorization.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase) && keys.Contain(authorization[Scheme.Length..].Trim()));
    }

    // A page of any site can send requests to a server on the reader's own machine. Its Origin gives it away.
    private static ApiRefusal? CheckLocal(HttpRequest request)
    {
        if (!LocalRequest.IsLocal(request))
            return Forbidden("without keys the API answers callers on this machine only, on localhost, 127.0.0.1 and [::1]");
        var origin = request.Headers.Origin;
        if (origin.Count > 0 && !(OriginPattern.TryParse(origin.ToString(), allowWildcard: false, out var page) && page.IsSameHost(request.Host.Value!)))
            return Forbidden("without keys the API does not answer pages of another origin");
        return null;
    }

    private static ApiRefusal Unauthorized(string detail) => new(StatusCodes.Status401Unauthorized, Refusal.Of(ClientError.Unauthorized, detail));

    private static ApiRefusal Forbidden(string detail) => new(StatusCodes.Status403Forbidden, Refusal.Of(ClientError.PermissionDenied, detail));
}

/// <summary>Why a request is not let in.</summary>
internal sealed record ApiRefusal(int Status, ClientError Error);
