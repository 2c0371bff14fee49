using System.Text.Json;
using Microsoft.AspNetCore.SignalR;

namespace SignalRPeer;

/// <summary>Groups as channels.</summary>
internal sealed class ChannelsHub : Hub
{
    public async Task Subscribe(string[] channels)
    {
        foreach (var channel in channels)
            await Groups.AddToGroupAsync(Context.ConnectionId, channel);
    }

    public Task Publish(string channel, JsonElement data) => Clients.Group(channel).SendAsync("message", data);

    public JsonElement Echo(JsonElement data) => data;
}
