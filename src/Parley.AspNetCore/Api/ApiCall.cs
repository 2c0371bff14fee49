using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Parley.AspNetCore.Api;

/// <summary>A method with a request that was read.</summary>
internal sealed record ApiCall(ApiMethod Method, object Request, ReadOnlyMemory<byte> Body)
{
    /// <exception cref="UnreadableRequestException">The body is not the method's request.</exception>
    public static ApiCall Read(ApiMethod method, ReadOnlyMemory<byte> body) => new(method, Read(method.RequestType, body), body);

    /// <exception cref="UnreadableRequestException">The body is not of the type.</exception>
    public static object Read(JsonTypeInfo type, ReadOnlyMemory<byte> body)
    {
        try
        {
            return JsonSerializer.Deserialize(body.Span, type) ?? throw new JsonException();
        }
        catch (JsonException exception)
        {
            throw UnreadableRequestException.From(exception);
        }
    }
}
