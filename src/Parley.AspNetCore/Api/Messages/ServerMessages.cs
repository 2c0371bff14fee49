using System.ComponentModel;
using System.ComponentModel.DataAnnotations;

namespace Parley.AspNetCore.Api.Messages;

internal sealed class ApiInfoRequest;

internal sealed class ApiInfoResult
{
    [Description("The nodes that answered.")]
    public required IReadOnlyList<NodeMessage> Nodes { get; set; }
}

internal sealed class NodeMessage
{
    [Description("Unique id, new at every start.")]
    public required string Uid { get; set; }

    [Description("Host name and process id.")]
    public required string Name { get; set; }

    [Description("Version of Parley.")]
    public required string Version { get; set; }

    [Description("Sessions.")]
    public int NumClients { get; set; }

    [Description("Distinct users.")]
    public int NumUsers { get; set; }

    [Description("Subscriptions.")]
    public int NumSubs { get; set; }

    [Description("Channels with subscribers.")]
    public int NumChannels { get; set; }

    [Description("Seconds since the start.")]
    public long Uptime { get; set; }
}

internal sealed class ApiRpcRequest
{
    [Required]
    [Description("Name of the remote procedure.")]
    public string? Method { get; set; }

    [Description("Its parameters: any JSON value.")]
    public JsonSlice Params { get; set; }
}

internal sealed class ApiRpcResult
{
    [Description("What the procedure answered.")]
    public JsonBytes? Data { get; set; }
}

internal sealed class ApiBatchRequest
{
    [Required]
    [Description("Commands of one member each: the name of a method, with its request.")]
    public List<Dictionary<string, JsonSlice>?>? Commands { get; set; }

    [Description("Runs the commands at once instead of one after the other. Default false.")]
    public bool? Parallel { get; set; }
}

internal sealed class ApiBatchResult
{
    [Description("One reply per command, in the order of the request: a member named as the method, with its result, or error.")]
    public required IReadOnlyList<ApiReply> Replies { get; set; }
}

/// <summary>A command of the endpoint that takes all methods.</summary>
internal sealed class LegacyCommand
{
    [Description("Number that the reply repeats.")]
    public uint? Id { get; set; }

    [Required]
    [Description("Name of the method.")]
    public string? Method { get; set; }

    [Description("The method's request.")]
    public JsonSlice Params { get; set; }
}
