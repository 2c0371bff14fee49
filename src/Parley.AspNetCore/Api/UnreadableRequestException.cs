using System.Text.Json;

namespace Parley.AspNetCore.Api;

/// <summary>A request is not JSON, or not of its method's form: nothing was done.</summary>
internal sealed class UnreadableRequestException(string detail) : Exception(detail)
{
    private const int MaxPathLength = 100;

    public static UnreadableRequestException From(JsonException exception)
    {
        // The reader's own message speaks of types of ours; the path says what a caller needs to know.
        var path = exception.Path is { Length: > 0 } known ? known : "$";
        return new UnreadableRequestException($"the body is not readable at {(path.Length > MaxPathLength ? path[..MaxPathLength] : path)}");
    }
}
