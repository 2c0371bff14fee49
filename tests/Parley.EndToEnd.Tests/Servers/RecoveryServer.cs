using Parley.Testing;

namespace Parley.EndToEnd.Tests.Servers;

/// <summary>A server for clients whose network fails: it notices silence soon and can hand out much history.</summary>
public sealed class RecoveryServer() : ParleyServerProcess("""
    {
      "Clients": { "PingInterval": "00:00:02", "PongTimeout": "00:00:01.9" },
      "Channels": {
        "MaxHistoryLimit": 3000,
        "Default": { "HistorySize": 3000, "HistoryTtl": "00:10:00", "ForceRecovery": true, "AllowSubscribe": true },
        "Namespaces": {
          "short": { "HistorySize": 5, "HistoryTtl": "00:10:00", "ForceRecovery": true, "AllowSubscribe": true },
          "watched": { "JoinLeave": true, "ForcePushJoinLeave": true, "AllowSubscribe": true }
        }
      }
    }
    """);
