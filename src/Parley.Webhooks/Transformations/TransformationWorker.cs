using Parley.Webhooks.Transformations.Scripts;
using Parley.Webhooks.Transformations.Workers;

namespace Parley.Webhooks.Transformations;

/// <summary>The worker's side: runs one script after the other until its server closes the stream.</summary>
internal static class TransformationWorker
{
    private const int CachedScripts = 32;

    // The first script compiles parts of the engine that warming up did not come to.
    private static readonly TimeSpan ExtraForFirst = TimeSpan.FromSeconds(1);

    /// <param name="input">Requests.</param>
    /// <param name="output">Answers; nothing else of the process may write there.</param>
    /// <exception cref="InvalidDataException">The other side is not our server.</exception>
    public static void Run(Stream input, Stream output)
    {
        var scripts = new ScriptCache(CachedScripts);
        ScriptRunner.WarmUp(scripts);
        Write(output, new WorkerAnswer(null));
        var extra = ExtraForFirst;
        while (Frames.Read(input, WorkerJson.Default.WorkerRequest) is { } request)
        {
            var limits = request.Limits with { Time = request.Limits.Time + extra };
            extra = TimeSpan.Zero;
            var answer = Answer(request with { Limits = limits }, scripts);
            Write(output, answer);
            if (answer.IsLast) return;
        }
    }

    private static WorkerAnswer Answer(WorkerRequest request, ScriptCache scripts)
    {
        try
        {
            return new WorkerAnswer(ScriptRunner.Run(request, scripts));
        }
        catch (OutOfMemoryException)
        {
            var failure = new TransformationResult.Failed(TransformationErrors.OutOfMemory, "The script used all memory of its worker.");
            return new WorkerAnswer(failure, IsLast: true);
        }
    }

    private static void Write(Stream output, WorkerAnswer answer)
    {
        // What a script returns has been measured, and fits.
        output.Write(Frames.Encode(answer, WorkerJson.Default.WorkerAnswer)!);
        output.Flush();
    }
}
