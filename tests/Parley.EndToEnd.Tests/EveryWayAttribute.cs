using System.Reflection;
using Parley.EndToEnd.Tests.Clients;
using Xunit.Sdk;
using Xunit.v3;

namespace Parley.EndToEnd.Tests;

/// <summary>Runs a scenario with the SDK on each of its ways: every transport in every encoding that it has.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class EveryWayAttribute : DataAttribute
{
    /// <summary>Leaves out the ways whose connection outlives the network that it began on: a run of long polls.</summary>
    public bool EndsWithItsNetwork { get; init; }

    /// <summary>Leaves out those of the official SDK.</summary>
    public bool WithoutSdk { get; init; }

    /// <summary>Leaves out those of Parley.Client.</summary>
    public bool WithoutDotNet { get; init; }

    public override ValueTask<IReadOnlyCollection<ITheoryDataRow>> GetData(MethodInfo testMethod, DisposalTracker disposalTracker) =>
        ValueTask.FromResult<IReadOnlyCollection<ITheoryDataRow>>(
            [.. SdkWays.All.Where(IsWanted).Select(static way => new TheoryDataRow<SdkWay>(way))]);

    public override bool SupportsDiscoveryEnumeration() => true;

    private bool IsWanted(SdkWay way) =>
        !(EndsWithItsNetwork && way.OutlivesItsNetwork()) && !(way.IsDotNet() ? WithoutDotNet : WithoutSdk);
}
