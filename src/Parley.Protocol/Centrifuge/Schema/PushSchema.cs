namespace Parley.Protocol.Centrifuge.Schema;

internal readonly struct PushSchema : IMessageSchema<Push>
{
    private static readonly FieldNames Names = new(
        (1, "id"), (2, "channel"), (4, "pub"), (5, "join"), (6, "leave"), (7, "unsubscribe"), (8, "message"), (9, "subscribe"),
        (10, "connect"), (11, "disconnect"), (12, "refresh"));

    public static void Read<TReader>(ref TReader reader, Push message)
        where TReader : IFieldReader, allows ref struct
    {
        var seen = 0ul;
        while (reader.Next(Names, ref seen, out var number))
        {
            switch (number)
            {
                case 1: message.Id = reader.Int64(); break;
                case 2: message.Channel = reader.String(); break;
                case 4: message.Pub = reader.Message<Publication, PublicationSchema>(message.Pub); break;
                case 5: message.Join = reader.Message<Join, JoinSchema>(message.Join); break;
                case 6: message.Leave = reader.Message<Leave, LeaveSchema>(message.Leave); break;
                case 7: message.Unsubscribe = reader.Message<Unsubscribe, UnsubscribeSchema>(message.Unsubscribe); break;
                case 8: message.Message = reader.Message<Message, MessageSchema>(message.Message); break;
                case 9: message.Subscribe = reader.Message<Subscribe, SubscribeSchema>(message.Subscribe); break;
                case 10: message.Connect = reader.Message<Connect, ConnectSchema>(message.Connect); break;
                case 11: message.Disconnect = reader.Message<Disconnect, DisconnectSchema>(message.Disconnect); break;
                case 12: message.Refresh = reader.Message<Refresh, RefreshSchema>(message.Refresh); break;
                default: reader.Skip(); break;
            }
        }
    }

    public static void Write<TWriter>(ref TWriter writer, Push message)
        where TWriter : IFieldWriter, allows ref struct
    {
        writer.Int64(1, "id"u8, message.Id);
        writer.String(2, "channel"u8, message.Channel);
        writer.Message<Publication, PublicationSchema>(4, "pub"u8, message.Pub);
        writer.Message<Join, JoinSchema>(5, "join"u8, message.Join);
        writer.Message<Leave, LeaveSchema>(6, "leave"u8, message.Leave);
        writer.Message<Unsubscribe, UnsubscribeSchema>(7, "unsubscribe"u8, message.Unsubscribe);
        writer.Message<Message, MessageSchema>(8, "message"u8, message.Message);
        writer.Message<Subscribe, SubscribeSchema>(9, "subscribe"u8, message.Subscribe);
        writer.Message<Connect, ConnectSchema>(10, "connect"u8, message.Connect);
        writer.Message<Disconnect, DisconnectSchema>(11, "disconnect"u8, message.Disconnect);
        writer.Message<Refresh, RefreshSchema>(12, "refresh"u8, message.Refresh);
    }
}
