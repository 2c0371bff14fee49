using System.Reflection;
using Xunit.Sdk;
using Xunit.v3;

namespace Parley.Client.Tests;

/// <summary>Runs a test over each transport in each format that it carries.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class EveryWayAttribute : DataAttribute
{
    public override ValueTask<IReadOnlyCollection<ITheoryDataRow>> GetData(MethodInfo testMethod, DisposalTracker disposalTracker) =>
        ValueTask.FromResult<IReadOnlyCollection<ITheoryDataRow>>(
            [.. Enum.GetValues<Way>().Select(static way => new TheoryDataRow<Way>(way))]);

    public override bool SupportsDiscoveryEnumeration() => true;
}
