using System.Buffers;
using System.Text;
using System.Text.Json;

namespace RawWebSockets;

/// <summary>As much of the Centrifuge JSON protocol as the load test speaks: connect, subscribe, publish, rpc.</summary>
internal static class Commands
{
    public static void Handle(Client client, Subscriptions subscriptions, ReadOnlySpan<byte> message)
    {
        foreach (var range in message.Split((byte)'\n'))
        {
            var line = message[range];
            if (line.Length > 2) // an empty object is a pong
                HandleOne(client, subscriptions, line);
        }
    }

    private static void HandleOne(Client client, Subscriptions subscriptions, ReadOnlySpan<byte> line)
    {
        var command = Read(line);
        switch (command.Method)
        {
            case "connect":
                client.Send(Encoding.UTF8.GetBytes($$$"""{"id":{{{command.Id}}},"connect":{"client":"{{{Guid.NewGuid()}}}","version":"raw"}}"""));
                break;
            case "subscribe" when command.Channel is not null:
                client.Subscribe(command.Channel);
                client.Send(Encoding.UTF8.GetBytes($$$"""{"id":{{{command.Id}}},"subscribe":{}}"""));
                break;
            case "publish" when command.Channel is not null:
                subscriptions.Publish(command.Channel, Push(command.Channel, line[command.Data]));
                client.Send(Encoding.UTF8.GetBytes($$$"""{"id":{{{command.Id}}},"publish":{}}"""));
                break;
            case "rpc":
                client.Send(Encoding.UTF8.GetBytes($$$"""{"id":{{{command.Id}}},"rpc":{"data":{{{Encoding.UTF8.GetString(line[command.Data])}}}}}"""));
                break;
            default:
                client.Send(Encoding.UTF8.GetBytes($$$"""{"id":{{{command.Id}}},"error":{"code":104,"message":"method not found"}}"""));
                break;
        }
    }

    private static byte[] Push(string channel, ReadOnlySpan<byte> data)
    {
        var buffer = new ArrayBufferWriter<byte>(128 + data.Length);
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteStartObject("push"u8);
            json.WriteString("channel"u8, channel);
            json.WriteStartObject("pub"u8);
            json.WritePropertyName("data"u8);
            json.WriteRawValue(data, skipInputValidation: true); // it was read by a validating reader
            json.WriteEndObject();
            json.WriteEndObject();
            json.WriteEndObject();
        }

        return buffer.WrittenSpan.ToArray();
    }

    private static Command Read(ReadOnlySpan<byte> line)
    {
        var json = new Utf8JsonReader(line);
        var command = new Command();
        json.Read();
        while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
        {
            if (json.ValueTextEquals("id"u8))
            {
                json.Read();
                command.Id = json.GetUInt32();
            }
            else
            {
                command.Method = json.GetString();
                json.Read();
                ReadParameters(ref json, ref command);
            }
        }

        return command;
    }

    private static void ReadParameters(ref Utf8JsonReader json, ref Command command)
    {
        while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
        {
            var isChannel = json.ValueTextEquals("channel"u8);
            var isData = json.ValueTextEquals("data"u8);
            json.Read();
            if (isChannel)
                command.Channel = json.GetString();

            var start = (int)json.TokenStartIndex;
            json.Skip();
            if (isData)
                command.Data = start..(int)json.BytesConsumed;
        }
    }

    private struct Command
    {
        public uint Id;
        public string? Method;
        public string? Channel;
        public Range Data;
    }
}
