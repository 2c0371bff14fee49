using System.Reflection;
using Parley.Webhooks.Storage;

namespace Parley.Webhooks.Tests.Support;

/// <summary>A store that fails when a test says so, and otherwise does what the one behind it does.</summary>
internal class FaultyStore : DispatchProxy
{
    private IWebhookStore _inner = null!;
    private Func<string, Exception?> _fault = static _ => null;

    public static (IWebhookStore Store, FaultyStore Faults) Around(IWebhookStore inner)
    {
        var store = Create<IWebhookStore, FaultyStore>();
        var faults = (FaultyStore)(object)store;
        faults._inner = inner;
        return (store, faults);
    }

    /// <param name="fault">By a method's name, what it throws; null for nothing.</param>
    public void FailBy(Func<string, Exception?> fault) => Volatile.Write(ref _fault, fault);

    protected override object? Invoke(MethodInfo? targetMethod, object?[]? args) =>
        Volatile.Read(ref _fault)(targetMethod!.Name) is { } exception ? throw exception : targetMethod.Invoke(_inner, args);
}
