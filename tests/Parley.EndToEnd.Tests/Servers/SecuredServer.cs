using Parley.EndToEnd.Tests.Servers;
using Parley.Testing;

[assembly: AssemblyFixture(typeof(SecuredServer))]

namespace Parley.EndToEnd.Tests.Servers;

/// <summary>A server as in production: tokens to connect with, and namespaces that permit what their name says.</summary>
public sealed class SecuredServer() : ParleyServerProcess("""
    {
      "Channels": {
        "Default": { "AllowSubscribe": true },
        "Namespaces": {
          "chat": {
            "HistorySize": 100, "HistoryTtl": "00:10:00", "ForceRecovery": true, "Presence": true, "JoinLeave": true, "ForcePushJoinLeave": true,
            "AllowSubscribe": true, "AllowPublishForSubscriber": true, "AllowPresence": true, "AllowHistory": true
          },
          "closed": { "HistorySize": 10, "HistoryTtl": "00:10:00", "Presence": true },
          "team": { "AllowUserLimited": true }
        }
      }
    }
    """);
