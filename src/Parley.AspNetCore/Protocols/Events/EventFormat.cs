using System.Buffers;
using System.Text;
using System.Text.Json;
using Parley.AspNetCore.Transports.Events;
using Parley.Sessions;
using JsonPayload = Parley.Protocol.Centrifuge.JsonPayload;

namespace Parley.AspNetCore.Protocols.Events;

/// <summary>Plain server-sent events, for clients that have an EventSource and nothing else.</summary>
/// <remarks>
/// Source: HTML, section 9.2.5. A publication is an event without a name, whose data is a JSON object; everything else has a name. An
/// event that moves a client on in a channel begins with an id line for this channel, which the connection makes into one for all.
/// </remarks>
internal sealed class EventFormat : WireFormat
{
    public static readonly EventFormat Instance = new();

    /// <summary>A comment, which keeps proxies from giving up.</summary>
    public static readonly Frame Ping = new(":\n\n"u8.ToArray());

    private EventFormat()
    {
    }

    public override string Name => "events";

    public override Frame? Publication(string channel, Parley.Publication publication) => JsonPayload.IsValid(publication.Data.Span)
        ? Write(channel, PositionOf(publication), "", (channel, publication), static (json, said) =>
        {
            json.WriteString("channel"u8, said.channel);
            Write(json, said.publication);
        })
        : null;

    public override Frame Join(string channel, ClientInfo info) => Presence("join", channel, info);

    public override Frame Leave(string channel, ClientInfo info) => Presence("leave", channel, info);

    public override Frame Unsubscribe(string channel, UnsubscribeReason reason) =>
        Write(channel, EventId.Gone, "unsubscribed", (channel, reason), static (json, said) =>
        {
            json.WriteString("channel"u8, said.channel);
            json.WriteNumber("code"u8, said.reason.Code);
            json.WriteString("reason"u8, said.reason.Reason);
        });

    public override Frame Subscribe(string channel, SubscribeResult result) =>
        Write(channel, PositionOf(result), "subscribed", (channel, result), static (json, said) =>
        {
            json.WriteString("channel"u8, said.channel);
            json.WriteBoolean("recoverable"u8, said.result.IsRecoverable);
            if (!said.result.WasRecovering) return;
            json.WriteBoolean("wasRecovering"u8, true);
            json.WriteBoolean("recovered"u8, said.result.Recovered);
        });

    public override Frame Refresh(bool expires, uint ttl) =>
        Write("", "", "refresh", (expires, ttl), static (json, said) =>
        {
            json.WriteBoolean("expires"u8, said.expires);
            json.WriteNumber("ttl"u8, said.ttl);
        });

    /// <summary>The last event, before the connection ends.</summary>
    public static Frame Disconnect(DisconnectReason reason) =>
        Write("", "", "disconnect", reason, static (json, reason) =>
        {
            json.WriteNumber("code"u8, reason.Code);
            json.WriteString("reason"u8, reason.Reason);
        });

    /// <summary>Tells the client's EventSource how long to wait before it connects anew.</summary>
    public static Frame Retry(TimeSpan delay) => new(Encoding.ASCII.GetBytes($"retry: {(long)delay.TotalMilliseconds}\n\n"));

    private static Frame Presence(string name, string channel, ClientInfo info) =>
        Write("", "", name, (channel, info), static (json, said) =>
        {
            json.WriteString("channel"u8, said.channel);
            json.WritePropertyName("info"u8);
            Write(json, said.info);
        });

    private static string PositionOf(Parley.Publication publication) =>
        publication.Offset == 0 ? "" : EventId.Format(publication.Offset, publication.Epoch);

    private static string PositionOf(SubscribeResult result) =>
        result.IsRecoverable ? EventId.Format(result.Position.Offset, result.Position.Epoch) : "";

    private static void Write(Utf8JsonWriter json, Parley.Publication publication)
    {
        json.WritePropertyName("data"u8);
        json.WriteRawValue(publication.Data.Span, skipInputValidation: true);
        if (publication.Offset > 0) json.WriteNumber("offset"u8, publication.Offset);
        if (publication.Tags is { Count: > 0 } tags)
        {
            json.WriteStartObject("tags"u8);
            foreach (var (name, value) in tags) json.WriteString(name, value);
            json.WriteEndObject();
        }

        if (publication.Info is not { } info) return;
        json.WritePropertyName("info"u8);
        Write(json, info);
    }

    private static void Write(Utf8JsonWriter json, ClientInfo info)
    {
        json.WriteStartObject();
        json.WriteString("user"u8, info.User);
        json.WriteString("client"u8, info.Client);
        WriteIfJson(json, "connInfo"u8, info.ConnectionInfo.Span);
        WriteIfJson(json, "chanInfo"u8, info.ChannelInfo.Span);
        json.WriteEndObject();
    }

    private static void WriteIfJson(Utf8JsonWriter json, ReadOnlySpan<byte> name, ReadOnlySpan<byte> value)
    {
        if (value.IsEmpty || !JsonPayload.IsValid(value)) return;
        json.WritePropertyName(name);
        json.WriteRawValue(value, skipInputValidation: true);
    }

    private static Frame Write<T>(string channel, string position, string name, T said, Action<Utf8JsonWriter, T> write)
    {
        var buffer = new ArrayBufferWriter<byte>(256);
        if (position.Length > 0) buffer.Write(Encoding.ASCII.GetBytes($"{EventId.Line}{EventId.Pair(channel, position)}\n"));
        if (name.Length > 0) buffer.Write(Encoding.ASCII.GetBytes($"event: {name}\n"));
        buffer.Write("data: "u8);
        var start = buffer.WrittenCount;
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            write(json, said);
            json.WriteEndObject();
        }

        buffer.Write("\n\n"u8);
        var bytes = buffer.WrittenSpan.ToArray();
        // Line breaks in JSON are white space between its parts; here they would end the line.
        var data = bytes.AsSpan(start, bytes.Length - start - 2);
        data.Replace((byte)'\n', (byte)' ');
        data.Replace((byte)'\r', (byte)' ');
        return new Frame(bytes);
    }
}
