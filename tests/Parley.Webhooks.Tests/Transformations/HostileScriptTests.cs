using Parley.Webhooks.Transformations;

namespace Parley.Webhooks.Tests.Transformations;

public sealed class HostileScriptTests(SharedPool shared) : IClassFixture<SharedPool>
{
    public static TheoryData<string> Names => [.. HostileScripts.All.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public async Task A_hostile_script_fails_alone(string name)
    {
        var (script, codes) = HostileScripts.All[name];

        var failure = await shared.Pool.FailAsync(script);

        Assert.Contains(failure.Code, codes);
        Assert.InRange(failure.Message.Length, 1, TransformationResult.Failed.MaxMessageLength);
        Assert.DoesNotContain(failure.Message, char.IsControl);
        await shared.Pool.ChangeAsync(Transformers.Same);
    }

    [Theory]
    [InlineData("stringify of a deep array")]
    [InlineData("proxy that asks itself")]
    [InlineData("toString that calls itself")]
    [InlineData("flat of a deep array")]
    public async Task A_script_without_end_of_its_stack_costs_no_worker(string name)
    {
        await using var pool = Transformers.NewPool(static options => options.Workers = 1);
        await pool.ChangeAsync(Transformers.Same);
        var before = pool.ProcessIds;

        await pool.FailAsync(HostileScripts.All[name].Script);

        await pool.ChangeAsync(Transformers.Same);
        Assert.Equal(before, pool.ProcessIds);
    }
}
