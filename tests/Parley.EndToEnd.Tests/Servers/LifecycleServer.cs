using Parley.Testing;

namespace Parley.EndToEnd.Tests.Servers;

/// <summary>A server to be stopped, crashed, flooded and lost sight of; what clients miss, they recover.</summary>
public sealed class LifecycleServer() : ParleyServerProcess("""
    {
      "Clients": { "Insecure": true, "DrainWindow": "00:00:00.2" },
      "Channels": {
        "MaxHistoryLimit": 5000,
        "Default": { "HistorySize": 5000, "HistoryTtl": "00:10:00", "ForceRecovery": true, "Presence": true }
      }
    }
    """);
