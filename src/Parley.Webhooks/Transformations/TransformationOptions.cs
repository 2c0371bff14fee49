namespace Parley.Webhooks.Transformations;

/// <summary>Limits of the scripts, and of the processes that run them.</summary>
internal sealed class TransformationOptions
{
    /// <summary>Most worker processes, each of which runs one script at a time; at least 1. Default: one per processor.</summary>
    public int Workers { get; set; } = Environment.ProcessorCount;

    /// <summary>Most webhooks that may wait for a worker; one more is refused. Default 1,000.</summary>
    public int MaxWaiting { get; set; } = 1000;

    /// <summary>How long a webhook waits for a worker before it is refused. Default 5 seconds.</summary>
    public TimeSpan WaitTime { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>Processor time of a script, looked at between its steps; the first of a worker has a second more. Default 100 ms.</summary>
    public TimeSpan ScriptTime { get; set; } = TimeSpan.FromMilliseconds(100);

    /// <summary>When a worker without an answer is killed: some steps take long, and nothing looks in between. Default 2 seconds.</summary>
    public TimeSpan WallTime { get; set; } = TimeSpan.FromSeconds(2);

    /// <summary>How long a worker may take to start, before the time of its first script begins. Default 10 seconds.</summary>
    public TimeSpan StartTime { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>After how long without work a worker ends. Default 60 seconds.</summary>
    public TimeSpan IdleTime { get; set; } = TimeSpan.FromSeconds(60);

    /// <summary>Bytes that a script may allocate in all, whether or not it still holds them. Default 16 MiB.</summary>
    public long ScriptBytes { get; set; } = 16 * 1024 * 1024;

    /// <summary>Steps that a script may take. Default 1,000,000.</summary>
    public int ScriptStatements { get; set; } = 1_000_000;

    /// <summary>Bytes of a worker's heap, which also holds against the single step that asks for all of it. Default 128 MiB.</summary>
    public long HeapBytes { get; set; } = 128 * 1024 * 1024;

    /// <summary>What starts a worker. Default: this program, which must call <see cref="WebhookTransformationWorker.RunIfAsked"/>.</summary>
    public WorkerCommand Command { get; set; } = WorkerCommand.ThisProgram();
}
