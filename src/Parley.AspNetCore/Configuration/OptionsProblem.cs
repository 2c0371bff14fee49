namespace Parley.AspNetCore.Configuration;

/// <summary>One thing that is wrong with the configuration.</summary>
/// <param name="Key">Where, as <c>Parley:Clients:PingInterval</c>.</param>
/// <param name="Value">What stands there; null when nothing does or it may be a secret.</param>
/// <param name="Remedy">What is wrong and what to write instead.</param>
internal sealed record OptionsProblem(string Key, string? Value, string Remedy)
{
    public override string ToString() => Value is null ? $"{Key}: {Remedy}" : $"{Key} = \"{Value}\": {Remedy}";
}
