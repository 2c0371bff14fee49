namespace Parley.Protocol.Centrifuge.Schema;

internal readonly struct PublicationSchema : IMessageSchema<Publication>
{
    private static readonly FieldNames Names = new(
        (4, "data"), (5, "info"), (6, "offset"), (7, "tags"), (8, "delta"), (9, "time"), (10, "channel"), (11, "key"), (12, "removed"),
        (13, "score"), (14, "epoch"), (15, "prev_data"), (16, "version"));

    public static void Read<TReader>(ref TReader reader, Publication message)
        where TReader : IFieldReader, allows ref struct
    {
        var seen = 0ul;
        while (reader.Next(Names, ref seen, out var number))
        {
            switch (number)
            {
                case 4: message.Data = reader.Bytes(); break;
                case 5: message.Info = reader.Message<ClientInfo, ClientInfoSchema>(message.Info); break;
                case 6: message.Offset = reader.UInt64(); break;
                case 7: message.Tags = reader.StringMap(message.Tags); break;
                case 8: message.Delta = reader.Bool(); break;
                case 9: message.Time = reader.Int64(); break;
                case 10: message.Channel = reader.String(); break;
                case 11: message.Key = reader.String(); break;
                case 12: message.Removed = reader.Bool(); break;
                case 13: message.Score = reader.SInt64(); break;
                case 14: message.Epoch = reader.String(); break;
                case 15: message.PrevData = reader.Bytes(); break;
                case 16: message.Version = reader.UInt64(); break;
                default: reader.Skip(); break;
            }
        }
    }

    public static void Write<TWriter>(ref TWriter writer, Publication message)
        where TWriter : IFieldWriter, allows ref struct
    {
        writer.Bytes(4, "data"u8, message.Data);
        writer.Message<ClientInfo, ClientInfoSchema>(5, "info"u8, message.Info);
        writer.UInt64(6, "offset"u8, message.Offset);
        writer.StringMap(7, "tags"u8, message.Tags);
        writer.Bool(8, "delta"u8, message.Delta);
        writer.Int64(9, "time"u8, message.Time);
        writer.String(10, "channel"u8, message.Channel);
        writer.String(11, "key"u8, message.Key);
        writer.Bool(12, "removed"u8, message.Removed);
        writer.SInt64(13, "score"u8, message.Score);
        writer.String(14, "epoch"u8, message.Epoch);
        writer.Bytes(15, "prev_data"u8, message.PrevData);
        writer.UInt64(16, "version"u8, message.Version);
    }
}

internal readonly struct ClientInfoSchema : IMessageSchema<ClientInfo>
{
    private static readonly FieldNames Names = new((1, "user"), (2, "client"), (3, "conn_info"), (4, "chan_info"));

    public static void Read<TReader>(ref TReader reader, ClientInfo message)
        where TReader : IFieldReader, allows ref struct
    {
        var seen = 0ul;
        while (reader.Next(Names, ref seen, out var number))
        {
            switch (number)
            {
                case 1: message.User = reader.String(); break;
                case 2: message.Client = reader.String(); break;
                case 3: message.ConnInfo = reader.Bytes(); break;
                case 4: message.ChanInfo = reader.Bytes(); break;
                default: reader.Skip(); break;
            }
        }
    }

    public static void Write<TWriter>(ref TWriter writer, ClientInfo message)
        where TWriter : IFieldWriter, allows ref struct
    {
        writer.String(1, "user"u8, message.User, always: true);
        writer.String(2, "client"u8, message.Client, always: true);
        writer.Bytes(3, "conn_info"u8, message.ConnInfo);
        writer.Bytes(4, "chan_info"u8, message.ChanInfo);
    }
}
