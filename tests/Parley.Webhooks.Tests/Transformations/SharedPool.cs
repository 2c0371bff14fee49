using Parley.Webhooks.Transformations;

namespace Parley.Webhooks.Tests.Transformations;

/// <summary>A pool for the tests of a class, which need no pool of their own.</summary>
public sealed class SharedPool : IAsyncDisposable
{
    internal TransformationPool Pool { get; } = Transformers.NewPool();

    public ValueTask DisposeAsync() => Pool.DisposeAsync();
}
