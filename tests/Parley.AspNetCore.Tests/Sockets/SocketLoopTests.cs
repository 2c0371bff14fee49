using Microsoft.Extensions.Logging.Abstractions;
using Parley.AspNetCore.Sockets;
using Parley.AspNetCore.Tests.Transports.WebSockets;

namespace Parley.AspNetCore.Tests.Sockets;

public sealed class SocketLoopTests : IDisposable
{
    private readonly SocketLoop _host = new(minSendsTogether: 1, NullLogger.Instance);
    private readonly SocketLoop _guest;
    private volatile bool _isIdle;

    public SocketLoopTests() => _guest = new SocketLoop(minSendsTogether: 1, NullLogger.Instance, _host);

    [Fact]
    public async Task Loops_WithLittleToDo_AreRunByOneThread() =>
        await UntilAsync(async () => await ThreadOfAsync(_guest) == await ThreadOfAsync(_host));

    [Fact]
    public async Task Loop_WhoseThreadHasNoRest_GivesTheOtherItsOwn_UntilThereIsLittleToDoAgain()
    {
        var host = await ThreadOfAsync(_host);
        await UntilAsync(async () => await ThreadOfAsync(_guest) == host);

        _host.TryPost(new Handler(KeepBusy));
        await UntilAsync(async () => await ThreadOfAsync(_guest) != host);

        _isIdle = true;
        await UntilAsync(async () => await ThreadOfAsync(_guest) == host);
    }

    [Fact]
    public async Task Loop_ThatIsRunByAnothersThread_IsTheOneThatItsHandlersSee()
    {
        await UntilAsync(async () => await ThreadOfAsync(_guest) == await ThreadOfAsync(_host));
        var seen = new TaskCompletionSource<(bool, bool)>(TaskCreationOptions.RunContinuationsAsynchronously);

        _guest.TryPost(new Handler(() => seen.SetResult((_guest.IsCurrent, _host.IsCurrent))));

        Assert.Equal((true, false), await seen.Task.WaitAsync(TestSession.Patience));
    }

    [Fact]
    public async Task Handler_ThatPostsItselfAgain_IsCalledWithoutAnyEvent_AlsoAtAnothersThread()
    {
        await UntilAsync(async () => await ThreadOfAsync(_guest) == await ThreadOfAsync(_host));
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var calls = 0;
        Handler? handler = null;
        handler = new Handler(() =>
        {
            if (++calls == 3)
                done.SetResult();
            else
                _guest.TryPost(handler!);
        });

        _guest.TryPost(handler);

        await done.Task.WaitAsync(TestSession.Patience);
    }

    [Fact]
    public async Task Dispose_OfALoopThatIsRunByAnothersThread_EndsItAndLeavesTheOther()
    {
        await UntilAsync(async () => await ThreadOfAsync(_guest) == await ThreadOfAsync(_host));

        _guest.Dispose();

        Assert.False(_guest.TryPost(new Handler(static () => { })));
        await ThreadOfAsync(_host);
    }

    public void Dispose()
    {
        _isIdle = true;
        _guest.Dispose();
        _host.Dispose();
    }

    private static async Task UntilAsync(Func<Task<bool>> isSo)
    {
        using var patience = new CancellationTokenSource(TestSession.Patience);
        while (!await isSo())
            patience.Token.ThrowIfCancellationRequested();
    }

    private static async Task<int> ThreadOfAsync(SocketLoop loop)
    {
        var thread = new TaskCompletionSource<int>(TaskCreationOptions.RunContinuationsAsynchronously);
        Assert.True(loop.TryPost(new Handler(() => thread.SetResult(Environment.CurrentManagedThreadId))));
        return await thread.Task.WaitAsync(TestSession.Patience);
    }

    private void KeepBusy()
    {
        if (!_isIdle)
            _host.TryPost(new Handler(KeepBusy));
    }

    private sealed class Handler(Action action) : ILoopHandler
    {
        public void OnReady(Readiness readiness) => action();
    }
}
