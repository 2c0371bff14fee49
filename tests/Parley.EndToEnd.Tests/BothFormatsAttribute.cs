using System.Reflection;
using Parley.EndToEnd.Tests.Clients;
using Xunit.Sdk;
using Xunit.v3;

namespace Parley.EndToEnd.Tests;

/// <summary>Runs a scenario over WebSockets only, in JSON and in Protobuf.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class BothFormatsAttribute : DataAttribute
{
    public override ValueTask<IReadOnlyCollection<ITheoryDataRow>> GetData(MethodInfo testMethod, DisposalTracker disposalTracker) =>
        ValueTask.FromResult<IReadOnlyCollection<ITheoryDataRow>>(
            [.. SdkWays.All.Where(static way => way.Transport() == "websocket").Select(static way => new TheoryDataRow<SdkWay>(way))]);

    public override bool SupportsDiscoveryEnumeration() => true;
}
