using Parley.Testing;

namespace Parley.EndToEnd.Tests.Servers;

/// <summary>A server that lets everybody do everything, in channels with all features.</summary>
public class OpenServer(int concurrency) : ParleyServerProcess($$"""
    {
      "Clients": { "Insecure": true, "Concurrency": {{concurrency}} },
      "Channels": {
        "Default": {
          "HistorySize": 100, "HistoryTtl": "00:10:00", "AllowRecovery": true, "AllowPositioning": true, "Presence": true, "JoinLeave": true
        },
        "Namespaces": {
          "bare": {},
          "short": { "HistorySize": 3, "HistoryTtl": "00:10:00" }
        }
      }
    }
    """);

/// <summary>Takes the commands of a connection one after the other.</summary>
public sealed class OneByOneServer() : OpenServer(concurrency: 1);

/// <summary>Works on several commands of a connection at once, as the SDKs' own suites have their server do.</summary>
public sealed class ConcurrentServer() : OpenServer(concurrency: 8);
