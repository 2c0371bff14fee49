using Microsoft.AspNetCore.Http;

namespace Parley.AspNetCore.Sockets;

/// <summary>A feature of connections that have some requests handled on a loop's thread.</summary>
internal interface IInlineInput
{
    /// <summary>
    /// Says that the request under way, which runs on the pool, is one that never blocks: the ones that follow it are looked at again. Without
    /// it a connection that had one of another kind keeps to the pool.
    /// </summary>
    void Return();

    /// <summary>Says so of a request, unless it runs on a loop's thread.</summary>
    static void Return(HttpContext context)
    {
        if (!SocketLoop.IsLoop)
            context.Features.Get<IInlineInput>()?.Return();
    }
}
