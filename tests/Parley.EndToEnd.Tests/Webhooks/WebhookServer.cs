using Parley.Testing;

namespace Parley.EndToEnd.Tests.Webhooks;

/// <summary>The real server, whose endpoints may be on this machine.</summary>
public sealed class WebhookServer() : ParleyServerProcess("""{ "Webhooks": { "AllowPrivateNetworks": [ "127.0.0.0/8" ] } }""");
