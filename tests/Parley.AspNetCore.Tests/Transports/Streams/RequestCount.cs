using Microsoft.AspNetCore.Http;

namespace Parley.AspNetCore.Tests.Transports.Streams;

/// <summary>Counts the requests that have come to a node and are not over.</summary>
internal sealed class RequestCount(string node)
{
    private int _all;
    private int _own;

    public int All => Volatile.Read(ref _all);

    /// <summary>Without those that are passed on to another node.</summary>
    public int Own => Volatile.Read(ref _own);

    public async Task CountAsync(HttpContext context, RequestDelegate next)
    {
        var named = context.Request.Headers["Parley-Node"].ToString();
        var isOwn = named.Length == 0 || named == node;
        Count(isOwn, 1);
        try
        {
            await next(context);
        }
        finally
        {
            Count(isOwn, -1);
        }
    }

    private void Count(bool isOwn, int by)
    {
        Interlocked.Add(ref _all, by);
        if (isOwn) Interlocked.Add(ref _own, by);
    }
}
