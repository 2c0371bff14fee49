using Parley.Specifications.Brokers.Consistency;

namespace Parley.Specifications.Brokers;

public abstract partial class BrokerSpecification
{
    [Fact]
    public async Task Random_operations_break_no_rule_of_streams()
    {
        var (publisher, reader) = await StartNodesAsync();
        for (var seed = 0; seed < Seeds; seed++)
        {
            var violations = await new RandomOperations(publisher, reader, AdvanceAsync, Unit).RunAsync(NewChannel(), seed);
            Assert.True(violations.Count == 0, $"seed {seed}: {string.Join("; ", violations)}");
        }
    }
}
