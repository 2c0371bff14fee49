using Microsoft.AspNetCore.Http;

namespace Parley.AspNetCore.Transports;

/// <summary>Names of the encodings in requests and answers.</summary>
internal static class MediaTypes
{
    public const string Json = "application/json";
    public const string Protobuf = "application/octet-stream";

    /// <summary>Whether a body says that it is of a type; parameters do not matter.</summary>
    public static bool Is(HttpRequest request, string type) =>
        request.ContentType?.Split(';')[0].Trim().Equals(type, StringComparison.OrdinalIgnoreCase) ?? false;
}
