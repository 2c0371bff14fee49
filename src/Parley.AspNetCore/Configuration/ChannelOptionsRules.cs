using System.Text.RegularExpressions;
using Parley.Channels;

namespace Parley.AspNetCore.Configuration;

/// <summary>The rules of section <c>Parley:Channels</c>.</summary>
internal static partial class ChannelOptionsRules
{
    public static void Apply(ChannelsOptions options, OptionsCheck check)
    {
        check.Range(nameof(options.MaxNameBytes), options.MaxNameBytes, 1, 4096);
        check.Range(nameof(options.MaxHistoryLimit), options.MaxHistoryLimit, 1, 100_000);
        check.Range(nameof(options.PositionCheckInterval), options.PositionCheckInterval, TimeSpan.FromSeconds(1), TimeSpan.FromHours(1));
        if (check.Exists(nameof(options.Default), options.Default))
            Apply(options.Default, check.Section(nameof(options.Default)));
        if (!check.Exists(nameof(options.Namespaces), options.Namespaces))
            return;

        var namespaces = check.Section(nameof(options.Namespaces));
        foreach (var (name, channel) in options.Namespaces)
        {
            if (!NamespaceName().IsMatch(name))
                namespaces.Report(name, null, "is not a name. Write at least two of the letters A to Z and a to z, digits, hyphen, underscore and dot.");
            if (namespaces.Exists(name, channel))
                Apply(channel, namespaces.Section(name));
        }
    }

    private static void Apply(ChannelOptions options, OptionsCheck check)
    {
        CheckHistory(options, check);
        CheckPattern(options, check);
        check.NotYet(nameof(options.RecoveryMode), options.RecoveryMode != RecoveryMode.Stream, options.RecoveryMode.ToString());
        check.NotYet(nameof(options.DeltaTypes), options.DeltaTypes is not { Count: 0 }, string.Join(", ", options.DeltaTypes ?? []));
        check.NotYet(nameof(options.DeltaPublish), options.DeltaPublish, "true");
        check.NotYet(nameof(options.AllowTagsFilter), options.AllowTagsFilter, "true");
    }

    private static void CheckHistory(ChannelOptions options, OptionsCheck check)
    {
        var isSize = check.Range(nameof(options.HistorySize), options.HistorySize, 0, 100_000);
        if (options.HistoryTtl < TimeSpan.Zero)
            check.Report(nameof(options.HistoryTtl), OptionsCheck.Text(options.HistoryTtl), "must be zero, which keeps no history, or more.");
        if (options.HistoryMetaTtl < options.HistoryTtl)
        {
            check.Report(
                nameof(options.HistoryMetaTtl), OptionsCheck.Text(options.HistoryMetaTtl),
                $"must be at least HistoryTtl, which is {OptionsCheck.Text(options.HistoryTtl)}.");
        }

        // One of the two alone means no history, which nobody who writes a size intends.
        if (isSize && options.HistorySize > 0 && options.HistoryTtl == TimeSpan.Zero)
            check.Report(nameof(options.HistorySize), OptionsCheck.Text(options.HistorySize), "keeps nothing without HistoryTtl. Set it too, as 00:05:00.");

        (string Name, bool IsSet)[] needHistory =
        [
            (nameof(options.ForceRecovery), options.ForceRecovery), (nameof(options.AllowRecovery), options.AllowRecovery),
            (nameof(options.ForcePositioning), options.ForcePositioning), (nameof(options.AllowPositioning), options.AllowPositioning),
        ];
        foreach (var (name, isSet) in needHistory)
        {
            if (isSet && !options.HasHistory)
                check.Report(name, "true", "needs history. Set HistorySize and HistoryTtl above zero, or remove the key.");
        }
    }

    private static void CheckPattern(ChannelOptions options, OptionsCheck check)
    {
        if (options.ChannelPattern is not { } pattern)
            return;
        try
        {
            _ = new Regex($"^(?:{pattern})$", RegexOptions.NonBacktracking | RegexOptions.CultureInvariant);
        }
        catch (NotSupportedException)
        {
            check.Report(
                nameof(options.ChannelPattern), pattern,
                "needs backtracking, which takes attackers' text too long. Write it without back-references, lookarounds and atomic groups.");
        }
        catch (ArgumentException exception)
        {
            check.Report(nameof(options.ChannelPattern), pattern, $"is not a regular expression: {exception.Message}");
        }
    }

    // Source: Centrifuge protocol v2, channel names. \z and not $, which a line end would slip past.
    [GeneratedRegex(@"^[-a-zA-Z0-9_.]{2,}\z")]
    private static partial Regex NamespaceName();
}
