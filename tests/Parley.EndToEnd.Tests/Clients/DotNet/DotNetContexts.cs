using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using Parley.Client;

namespace Parley.EndToEnd.Tests.Clients.DotNet;

/// <summary>What Parley.Client tells, in the shape in which the official SDK tells it.</summary>
internal static class DotNetContexts
{
    private static readonly JsonSerializerOptions Json =
        new(JsonSerializerOptions.Web) { DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull };

    public static JsonElement ToElement(object? value) => JsonSerializer.SerializeToElement(value, Json);

    /// <summary>A payload of JSON; null when there is none.</summary>
    public static JsonElement? ValueOf(ReadOnlyMemory<byte> payload) =>
        payload.IsEmpty ? null : JsonSerializer.Deserialize<JsonElement>(payload.Span);

    /// <summary>The server's words, without the code that the exception adds.</summary>
    public static string MessageOf(ParleyException exception)
    {
        var suffix = string.Create(CultureInfo.InvariantCulture, $" ({exception.Code})");
        return exception.Message.EndsWith(suffix, StringComparison.Ordinal) ? exception.Message[..^suffix.Length] : exception.Message;
    }

    public static SdkReason Of(uint code, string reason) => new((int)code, reason);

    public static SdkError Of(Parley.Client.ErrorEventArgs error) =>
        new("error", new SdkErrorDetail((int)error.Exception.Code, MessageOf(error.Exception)));

    public static SdkSubscribed Of(string channel, SubscribedEventArgs subscribed) => new(
        channel,
        subscribed.IsRecoverable,
        subscribed.IsPositioned,
        subscribed.Position is { } position ? new SdkPosition(position.Offset, position.Epoch) : null,
        subscribed.WasRecovering,
        subscribed.Recovered,
        ValueOf(subscribed.Data));

    public static SdkClientInfo Of(ClientInfo info) =>
        new(info.Client, info.User, ValueOf(info.ConnectionInfo), ValueOf(info.ChannelInfo));

    public static SdkMember Of(string channel, ClientInfo info) => new(channel, Of(info));

    public static SdkPublication Of(string channel, Publication publication) => new(
        channel,
        ValueOf(publication.Data)!.Value,
        publication.Info is { } info ? Of(info) : null,
        publication.Offset == 0 ? null : publication.Offset,
        publication.Tags.Count == 0 ? null : new Dictionary<string, string>(publication.Tags));

    public static SdkHistory Of(string channel, HistoryPage page) => new(
        [.. page.Publications.Select(one => Of(channel, one))], page.Position.Offset, page.Position.Epoch);

    public static SdkPresence Of(IReadOnlyDictionary<string, ClientInfo> presence) =>
        new(presence.ToDictionary(static one => one.Key, static one => Of(one.Value)));

    public static SdkPresenceStats Of(PresenceStats stats) => new(stats.Clients, stats.Users);
}
