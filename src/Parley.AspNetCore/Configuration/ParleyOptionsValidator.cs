using Microsoft.Extensions.Options;

namespace Parley.AspNetCore.Configuration;

/// <summary>Finds all that is wrong with the options, each with its key, its value unless it is a secret, and what to write instead.</summary>
/// <remarks>The rules are those that the options' own documentation gives.</remarks>
internal sealed class ParleyOptionsValidator : IValidateOptions<ParleyOptions>
{
    public ValidateOptionsResult Validate(string? name, ParleyOptions options)
    {
        var problems = Check(options);
        return problems.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(problems.Select(static problem => problem.ToString()));
    }

    public static IReadOnlyList<OptionsProblem> Check(ParleyOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        var problems = new List<OptionsProblem>();
        var check = new OptionsCheck("Parley", problems);
        if (check.Exists("Clients", options.Clients))
            ClientOptionsRules.Apply(options.Clients, options.Channels, check.Section("Clients"));
        if (check.Exists("Channels", options.Channels))
            ChannelOptionsRules.Apply(options.Channels, check.Section("Channels"));
        if (check.Exists("Tokens", options.Tokens))
            TokenOptionsRules.Apply(options.Tokens, check.Section("Tokens"));
        if (options.SubscriptionTokens is not null)
            TokenOptionsRules.ApplyToSubscriptions(options.SubscriptionTokens, check.Section("SubscriptionTokens"));
        if (check.Exists("Api", options.Api))
            ApiOptionsRules.Apply(options.Api, check.Section("Api"));
        return problems;
    }
}
