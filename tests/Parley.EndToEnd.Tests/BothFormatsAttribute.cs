using System.Reflection;
using Parley.EndToEnd.Tests.Clients;
using Xunit.Sdk;
using Xunit.v3;

namespace Parley.EndToEnd.Tests;

/// <summary>Runs a scenario over WebSockets only, with the SDK speaking JSON and with the SDK speaking Protobuf.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class BothFormatsAttribute : DataAttribute
{
    public override ValueTask<IReadOnlyCollection<ITheoryDataRow>> GetData(MethodInfo testMethod, DisposalTracker disposalTracker) =>
        ValueTask.FromResult<IReadOnlyCollection<ITheoryDataRow>>(
            [new TheoryDataRow<SdkWay>(SdkWay.WebSocketJson), new TheoryDataRow<SdkWay>(SdkWay.WebSocketProtobuf)]);

    public override bool SupportsDiscoveryEnumeration() => true;
}
