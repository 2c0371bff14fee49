using System.Reflection;
using Xunit.Sdk;
using Xunit.v3;

namespace Parley.Client.Tests;

/// <summary>Runs a test over each transport in each format that it carries.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class EveryWayAttribute : DataAttribute
{
    /// <summary>False leaves out long polling, whose sessions survive what ends other connections.</summary>
    public bool Polling { get; init; } = true;

    public override ValueTask<IReadOnlyCollection<ITheoryDataRow>> GetData(MethodInfo testMethod, DisposalTracker disposalTracker) =>
        ValueTask.FromResult<IReadOnlyCollection<ITheoryDataRow>>(
            [.. Enum.GetValues<Way>().Where(way => Polling || way.Transport() != ClientTransport.LongPolling).Select(static way => new TheoryDataRow<Way>(way))]);

    public override bool SupportsDiscoveryEnumeration() => true;
}
