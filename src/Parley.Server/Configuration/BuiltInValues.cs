namespace Parley.Server.Configuration;

/// <summary>Values that hold unless any other source says otherwise.</summary>
internal static class BuiltInValues
{
    public const string DefaultUrl = "http://127.0.0.1:8000";

    // Microsoft.AspNetCore logs every request with its query string at Information, and a query string may hold a token.
    // Microsoft.Hosting.Lifetime repeats the addresses that the server itself reports.
    public static readonly Dictionary<string, string?> Logging = new()
    {
        ["Logging:LogLevel:Default"] = "Information",
        ["Logging:LogLevel:Microsoft.AspNetCore"] = "Warning",
        // Whatever its level, it has an Activity and a scope made for each request, which here nobody sees.
        ["Logging:LogLevel:Microsoft.AspNetCore.Hosting.Diagnostics"] = "None",
        ["Logging:LogLevel:Microsoft.Hosting.Lifetime"] = "Warning",
        // It warns that keys lie unencrypted in their folder, as they must where the system has no key store: only their owner may read it.
        ["Logging:LogLevel:Microsoft.AspNetCore.DataProtection"] = "Error",
    };

    public static readonly Dictionary<string, string?> Development = new()
    {
        ["Parley:Clients:Insecure"] = "true",
        ["Parley:Clients:AllowAnonymous"] = "true",
    };

    /// <summary>Used in development when no channel is configured, so that every feature can be tried.</summary>
    public static readonly Dictionary<string, string?> DevelopmentChannels = new()
    {
        ["Parley:Channels:Default:HistorySize"] = "100",
        ["Parley:Channels:Default:HistoryTtl"] = "00:10:00",
        ["Parley:Channels:Default:AllowRecovery"] = "true",
        ["Parley:Channels:Default:ForceRecovery"] = "true",
        ["Parley:Channels:Default:AllowPositioning"] = "true",
        ["Parley:Channels:Default:Presence"] = "true",
        ["Parley:Channels:Default:JoinLeave"] = "true",
        ["Parley:Channels:Default:ForcePushJoinLeave"] = "true",
        ["Parley:Channels:Default:AllowSubscribe"] = "true",
        ["Parley:Channels:Default:AllowAnonymousSubscribe"] = "true",
        ["Parley:Channels:Default:AllowPublishForSubscriber"] = "true",
        ["Parley:Channels:Default:AllowPresence"] = "true",
        ["Parley:Channels:Default:AllowHistory"] = "true",
        ["Parley:Channels:Default:AllowUserLimited"] = "true",
    };
}
