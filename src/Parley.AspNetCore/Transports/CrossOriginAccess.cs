using Microsoft.AspNetCore.Http;

namespace Parley.AspNetCore.Transports;

/// <summary>Which pages may use the HTTP transports, and what their browsers are told about it.</summary>
/// <remarks>
/// Source: Fetch, section 3.3 (CORS protocol). Credentials are allowed to origins that the configuration names and never to all.
/// Requests that a browser sends for another site without an Origin header (images, scripts, links) are known by
/// <c>Sec-Fetch-Site</c> and refused.
/// </remarks>
internal sealed class CrossOriginAccess(OriginPolicy policy)
{
    private const string AllowedHeaders = "Authorization, Content-Type, Last-Event-ID";
    private const string PreflightSeconds = "300";

    /// <summary>Judges a request, and writes the headers that let its page read the answer, and that every answer has.</summary>
    public OriginVerdict Admit(HttpContext context)
    {
        var request = context.Request;
        var headers = context.Response.Headers;
        headers.Append("Vary", "Origin");
        headers.CacheControl = "no-store";
        headers.XContentTypeOptions = "nosniff";
        var verdict = Judge(request);
        if (request.Headers.Origin.Count == 0) return verdict;

        if (verdict == OriginVerdict.Named)
        {
            headers.AccessControlAllowOrigin = request.Headers.Origin;
            headers.AccessControlAllowCredentials = "true";
        }
        else if (verdict == OriginVerdict.Anybody)
        {
            headers.AccessControlAllowOrigin = "*";
        }

        if (verdict != OriginVerdict.Refused) headers.AccessControlExposeHeaders = "Retry-After";
        return verdict;
    }

    /// <summary>Answers the question whether another site's page may send a request.</summary>
    /// <param name="context">An OPTIONS request that <see cref="Admit"/> has let in.</param>
    /// <param name="methods">Methods of the endpoint, with commas.</param>
    public static void AnswerPreflight(HttpContext context, string methods)
    {
        var headers = context.Response.Headers;
        headers.AccessControlAllowMethods = methods;
        headers.AccessControlAllowHeaders = AllowedHeaders;
        headers.AccessControlMaxAge = PreflightSeconds;
        context.Response.StatusCode = StatusCodes.Status204NoContent;
    }

    private OriginVerdict Judge(HttpRequest request)
    {
        var origin = request.Headers.Origin;
        var isForeign = origin.Count == 0 && request.Headers["Sec-Fetch-Site"].ToString() is ("cross-site" or "same-site");
        // An origin that is nobody's stands for the one that the browser did not tell.
        return policy.Judge(isForeign ? "null" : origin, request.Host.Value ?? "");
    }
}
