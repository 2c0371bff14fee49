using Parley.AspNetCore.Api.Messages;
using Parley.Sessions;

namespace Parley.AspNetCore.Api.Methods;

internal static class ServerMethods
{
    public static async ValueTask<ApiInfoResult> InfoAsync(ApiInfoRequest request, ApiContext context)
    {
        var nodes = await context.Parley.GetNodesAsync(context.CancellationToken);
        return new ApiInfoResult
        {
            Nodes =
            [
                .. nodes.Select(static node => new NodeMessage
                {
                    Uid = node.Uid,
                    Name = node.Name,
                    Version = node.Version,
                    NumClients = node.Clients,
                    NumUsers = node.Users,
                    NumSubs = node.Subscriptions,
                    NumChannels = node.Channels,
                    Uptime = (long)node.Uptime.TotalSeconds,
                }),
            ],
        };
    }

    // Nothing takes remote procedure calls yet.
    public static ValueTask<ApiRpcResult> RpcAsync(ApiRpcRequest request, ApiContext context)
    {
        ApiContext.Required(request.Method, "method");
        throw new ParleyException(ClientError.NotAvailable);
    }
}
