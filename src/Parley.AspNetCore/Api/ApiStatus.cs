using Microsoft.AspNetCore.Http;
using Parley.Sessions;

namespace Parley.AspNetCore.Api;

/// <summary>
/// The HTTP status of an error for callers that ask for it with <c>X-Centrifugo-Error-Mode: transport</c>; the others get 200 and the
/// error in the body.
/// </summary>
internal static class ApiStatus
{
    private const string ModeHeader = "X-Centrifugo-Error-Mode";

    private const uint Conflict = 113;

    public static int Of(HttpRequest request, ClientError? error)
    {
        var isAsked = request.Headers[ModeHeader].ToString().Equals("transport", StringComparison.OrdinalIgnoreCase);
        return error is null || !isAsked ? StatusCodes.Status200OK : Of(error.Code);
    }

    private static int Of(uint code)
    {
        if (code == ClientError.Unauthorized.Code)
            return StatusCodes.Status401Unauthorized;
        if (code == ClientError.PermissionDenied.Code)
            return StatusCodes.Status403Forbidden;
        if (code == ClientError.UnknownChannel.Code || code == ClientError.MethodNotFound.Code)
            return StatusCodes.Status404NotFound;
        if (code == Conflict)
            return StatusCodes.Status409Conflict;
        if (code == ClientError.UnrecoverablePosition.Code)
            return StatusCodes.Status416RangeNotSatisfiable;
        if (code == ClientError.TooManyRequests.Code)
            return StatusCodes.Status429TooManyRequests;
        // 100, and codes below it, which the table does not have.
        return code <= ClientError.Internal.Code ? StatusCodes.Status500InternalServerError : StatusCodes.Status400BadRequest;
    }
}
