using Parley.Sessions;

namespace Parley.AspNetCore.Api;

/// <summary>Refusals with a word on what to change. Callers go by the code; the text is for their developers.</summary>
internal static class Refusal
{
    public static ParleyException BadRequest(string detail) => new(Of(ClientError.BadRequest, detail));

    public static ClientError Of(ClientError error, string detail) => error with { Message = $"{error.Message}: {detail}" };
}
