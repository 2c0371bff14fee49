using System.ComponentModel;
using Parley.Sessions;

namespace Parley.AspNetCore.Api.Messages;

internal sealed class ApiError
{
    public static ApiError From(ClientError error) => new() { Code = error.Code, Message = error.Message };

    [Description("100 internal, 101 unauthorized, 102 unknown channel, 103 permission denied, 104 method not found, 106 limit exceeded, "
        + "107 bad request, 108 not available, 110 expired, 112 unrecoverable position.")]
    public uint Code { get; set; }

    [Description("Text for the developer. It may change; programs go by the code.")]
    public required string Message { get; set; }
}
