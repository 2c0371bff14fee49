using Parley.Sessions;

namespace Parley.AspNetCore.Tests.Sockets;

/// <summary>Runs on another thread in the middle of a round.</summary>
internal sealed class Meanwhile(Action action) : IFlushable
{
    public void FlushPutOff()
    {
        var thread = new Thread(() => action());
        thread.Start();
        thread.Join();
    }
}
