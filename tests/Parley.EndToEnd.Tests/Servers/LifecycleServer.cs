using Parley.Testing;

namespace Parley.EndToEnd.Tests.Servers;

/// <summary>A server to be stopped, crashed and flooded.</summary>
public sealed class LifecycleServer() : ParleyServerProcess("""
    {
      "Clients": { "Insecure": true, "DrainWindow": "00:00:00.2" },
      "Channels": {
        "MaxHistoryLimit": 5000,
        "Default": { "HistorySize": 5000, "HistoryTtl": "00:10:00", "ForceRecovery": true, "Presence": true }
      }
    }
    """);
