using System.Text.Json.Nodes;
using Parley.EndToEnd.Tests.Clients;
using Parley.EndToEnd.Tests.Servers;

namespace Parley.EndToEnd.Tests.Scenarios;

/// <summary>What scenarios of the secured server share.</summary>
public abstract class SecuredScenarios(SecuredServer server, SdkHost sdk)
{
    protected static readonly TimeSpan Expired = TimeSpan.FromSeconds(-10);

    /// <summary>Tokens have whole seconds: with three, two are left at the least, enough to connect on a busy machine.</summary>
    protected static readonly TimeSpan Soon = TimeSpan.FromSeconds(3);

    protected SecuredServer Server => server;

    protected static string NewChannel(string? channelNamespace = null) => SecuredServer.NewChannel(channelNamespace);

    /// <summary>A user id that no other test has, for calls that go to all sessions of a user.</summary>
    protected static string NewUser() => $"user-{Guid.NewGuid():N}";

    private protected Task<SdkClient> OpenAsync(SdkWay way, SdkClientOptions? options = null) =>
        sdk.OpenAsync(way, server.Address, options);

    private protected Task<SdkClient> OpenAsync(SdkWay way, string user, JsonObject? claims = null) =>
        OpenAsync(way, new SdkClientOptions { Token = server.Tokens.Connection(user, claims: claims) });

    private protected async Task<SdkClient> ConnectAsync(SdkWay way, string user = "alice", JsonObject? claims = null)
    {
        var client = await OpenAsync(way, user, claims);
        await client.ConnectAsync();
        return client;
    }
}
