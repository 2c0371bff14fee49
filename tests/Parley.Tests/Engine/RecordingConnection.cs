using System.Text;
using Parley.Sessions;

namespace Parley.Tests.Engine;

/// <summary>A connection that keeps what it was given.</summary>
internal sealed class RecordingConnection : IConnection
{
    private readonly Lock _gate = new();
    private readonly List<string> _frames = [];
    private readonly List<(Func<IReadOnlyList<string>, bool> Holds, TaskCompletionSource Done)> _waits = [];
    private readonly TaskCompletionSource<DisconnectReason> _closed = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public string Transport => "test";

    public long QueuedBytes { get; set; }

    /// <summary>Frames that it still takes; then it is full.</summary>
    public int Room { get; set; } = int.MaxValue;

    /// <summary>Called when it is to be closed, before it is.</summary>
    public Action? Closing { get; set; }

    public IReadOnlyList<string> Frames
    {
        get
        {
            lock (_gate)
                return [.. _frames];
        }
    }

    public Task<DisconnectReason> Closed => _closed.Task.WaitAsync(TimeSpan.FromSeconds(30));

    public bool IsClosed => _closed.Task.IsCompleted;

    public bool TryEnqueue(Frame frame)
    {
        lock (_gate)
        {
            if (Room-- <= 0)
                return false;
            _frames.Add(Encoding.UTF8.GetString(frame.Bytes));
            foreach (var wait in _waits.Where(wait => wait.Holds(_frames)))
                wait.Done.TrySetResult();
            return true;
        }
    }

    public void EnqueueFirst(Frame frame) => TryEnqueue(frame);

    public Task DrainAsync() => Task.CompletedTask;

    public void Close(DisconnectReason reason)
    {
        Closing?.Invoke();
        _closed.TrySetResult(reason);
    }

    /// <summary>Waits until a frame was given.</summary>
    public Task WaitForAsync(string frame) => WaitForAsync(frames => frames.Contains(frame));

    /// <summary>Waits until the frames hold a condition.</summary>
    public Task WaitForAsync(Func<IReadOnlyList<string>, bool> holds)
    {
        lock (_gate)
        {
            if (holds(_frames))
                return Task.CompletedTask;
            var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            _waits.Add((holds, done));
            return done.Task.WaitAsync(TimeSpan.FromSeconds(30));
        }
    }
}
