using Microsoft.Extensions.Options;

namespace Parley.Server.Hosting;

/// <summary>
/// Keeps the host and the web server from logging a failed start with its stack trace; the command reports it in one sentence. All
/// other log entries pass, and after the start these do too.
/// </summary>
internal sealed class QuietStart : IPostConfigureOptions<LoggerFilterOptions>
{
    private volatile bool _isOver;

    public void End() => _isOver = true;

    public void PostConfigure(string? name, LoggerFilterOptions options)
    {
        for (var index = 0; index < options.Rules.Count; index++)
        {
            var rule = options.Rules[index];
            options.Rules[index] = new LoggerFilterRule(rule.ProviderName, rule.CategoryName, rule.LogLevel,
                (provider, category, level) => Passes(category, level) && (rule.Filter?.Invoke(provider, category, level) ?? true));
        }
    }

    private bool Passes(string? category, LogLevel level)
        => _isOver || category switch
        {
            "Microsoft.Extensions.Hosting.Internal.Host" => level < LogLevel.Error,
            "Microsoft.AspNetCore.Server.Kestrel" => level < LogLevel.Critical,
            _ => true,
        };
}
