using Parley.AspNetCore.Tests.Transports.WebSockets;
using Parley.AspNetCore.Transports.Sending;

namespace Parley.AspNetCore.Tests.Transports.Sending;

/// <summary>Notices that the sender found its link broken.</summary>
internal sealed class TestLink : ILink
{
    private readonly TaskCompletionSource _broken = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Task Broken => _broken.Task.WaitAsync(TestSession.Patience);

    public void OnBroken() => _broken.SetResult();

    public void Cut() => throw new NotSupportedException();
}
