using System.Reflection;
using Parley.EndToEnd.Tests.Clients;
using Xunit.Sdk;
using Xunit.v3;

namespace Parley.EndToEnd.Tests;

/// <summary>Runs a scenario with the SDK speaking JSON, and with the SDK speaking Protobuf.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class BothFormatsAttribute : DataAttribute
{
    public override ValueTask<IReadOnlyCollection<ITheoryDataRow>> GetData(MethodInfo testMethod, DisposalTracker disposalTracker) =>
        ValueTask.FromResult<IReadOnlyCollection<ITheoryDataRow>>(
            [new TheoryDataRow<SdkFormat>(SdkFormat.Json), new TheoryDataRow<SdkFormat>(SdkFormat.Protobuf)]);

    public override bool SupportsDiscoveryEnumeration() => true;
}
