using Parley.Webhooks.Transformations;

namespace Parley.Webhooks.Tests.Support;

/// <summary>Gives what a test says. Scripts run in tests of their own, in real workers.</summary>
internal sealed class ScriptedTransformer : ITransformer
{
    public TransformationResult Result { get; set; } = new TransformationResult.Cancelled();

    public TransformationInput? Input { get; private set; }

    public ValueTask<TransformationResult> TransformAsync(string script, TransformationInput input, CancellationToken cancellationToken)
    {
        Input = input;
        return ValueTask.FromResult(Result);
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
