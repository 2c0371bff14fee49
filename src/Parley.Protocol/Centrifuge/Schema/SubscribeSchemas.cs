namespace Parley.Protocol.Centrifuge.Schema;

internal readonly struct SubscribeRequestSchema : IMessageSchema<SubscribeRequest>
{
    private static readonly FieldNames Names = new(
        (1, "channel"), (2, "token"), (3, "recover"), (6, "epoch"), (7, "offset"), (8, "data"), (9, "positioned"), (10, "recoverable"),
        (11, "join_leave"), (12, "delta"), (13, "tf"), (14, "flag"), (15, "type"), (16, "phase"), (17, "cursor"), (18, "limit"),
        (19, "asc"));

    public static void Read<TReader>(ref TReader reader, SubscribeRequest message)
        where TReader : IFieldReader, allows ref struct
    {
        var seen = 0ul;
        while (reader.Next(Names, ref seen, out var number))
        {
            switch (number)
            {
                case 1: message.Channel = reader.String(); break;
                case 2: message.Token = reader.String(); break;
                case 3: message.Recover = reader.Bool(); break;
                case 6: message.Epoch = reader.String(); break;
                case 7: message.Offset = reader.UInt64(); break;
                case 8: message.Data = reader.Bytes(); break;
                case 9: message.Positioned = reader.Bool(); break;
                case 10: message.Recoverable = reader.Bool(); break;
                case 11: message.JoinLeave = reader.Bool(); break;
                case 12: message.Delta = reader.String(); break;
                case 13: message.Tf = reader.Message<FilterNode, FilterNodeSchema>(message.Tf); break;
                case 14: message.Flag = reader.Int64(); break;
                case 15: message.Type = reader.Int32(); break;
                case 16: message.Phase = reader.Int32(); break;
                case 17: message.Cursor = reader.String(); break;
                case 18: message.Limit = reader.Int32(); break;
                case 19: message.Asc = reader.Bool(); break;
                default: reader.Skip(); break;
            }
        }
    }

    public static void Write<TWriter>(ref TWriter writer, SubscribeRequest message)
        where TWriter : IFieldWriter, allows ref struct
    {
        writer.String(1, "channel"u8, message.Channel);
        writer.String(2, "token"u8, message.Token);
        writer.Bool(3, "recover"u8, message.Recover);
        writer.String(6, "epoch"u8, message.Epoch);
        writer.UInt64(7, "offset"u8, message.Offset);
        writer.Bytes(8, "data"u8, message.Data);
        writer.Bool(9, "positioned"u8, message.Positioned);
        writer.Bool(10, "recoverable"u8, message.Recoverable);
        writer.Bool(11, "join_leave"u8, message.JoinLeave);
        writer.String(12, "delta"u8, message.Delta);
        writer.Message<FilterNode, FilterNodeSchema>(13, "tf"u8, message.Tf);
        writer.Int64(14, "flag"u8, message.Flag);
        writer.Int32(15, "type"u8, message.Type);
        writer.Int32(16, "phase"u8, message.Phase);
        writer.String(17, "cursor"u8, message.Cursor);
        writer.Int32(18, "limit"u8, message.Limit);
        writer.Bool(19, "asc"u8, message.Asc);
    }
}

internal readonly struct SubscribeResultSchema : IMessageSchema<SubscribeResult>
{
    public const int PublicationsNumber = 7;

    private static readonly FieldNames Names = new(
        (1, "expires"), (2, "ttl"), (3, "recoverable"), (6, "epoch"), (PublicationsNumber, "publications"), (8, "recovered"), (9, "offset"),
        (10, "positioned"), (11, "data"), (12, "was_recovering"), (13, "delta"), (14, "id"), (15, "type"), (16, "phase"), (17, "cursor"),
        (18, "state"), (19, "publish_debounce"));

    public static void Read<TReader>(ref TReader reader, SubscribeResult message)
        where TReader : IFieldReader, allows ref struct
    {
        var seen = 0ul;
        while (reader.Next(Names, ref seen, out var number))
        {
            switch (number)
            {
                case 1: message.Expires = reader.Bool(); break;
                case 2: message.Ttl = reader.UInt32(); break;
                case 3: message.Recoverable = reader.Bool(); break;
                case 6: message.Epoch = reader.String(); break;
                case PublicationsNumber: message.Publications = reader.Messages<Publication, PublicationSchema>(message.Publications); break;
                case 8: message.Recovered = reader.Bool(); break;
                case 9: message.Offset = reader.UInt64(); break;
                case 10: message.Positioned = reader.Bool(); break;
                case 11: message.Data = reader.Bytes(); break;
                case 12: message.WasRecovering = reader.Bool(); break;
                case 13: message.Delta = reader.Bool(); break;
                case 14: message.Id = reader.Int64(); break;
                case 15: message.Type = reader.Int32(); break;
                case 16: message.Phase = reader.Int32(); break;
                case 17: message.Cursor = reader.String(); break;
                case 18: message.State = reader.Messages<Publication, PublicationSchema>(message.State); break;
                case 19: message.PublishDebounce = reader.UInt32(); break;
                default: reader.Skip(); break;
            }
        }
    }

    public static void Write<TWriter>(ref TWriter writer, SubscribeResult message)
        where TWriter : IFieldWriter, allows ref struct
    {
        writer.Bool(1, "expires"u8, message.Expires);
        writer.UInt32(2, "ttl"u8, message.Ttl);
        writer.Bool(3, "recoverable"u8, message.Recoverable);
        writer.String(6, "epoch"u8, message.Epoch);
        writer.Messages<Publication, PublicationSchema>(PublicationsNumber, "publications"u8, message.Publications);
        writer.Written("publications"u8, message.WrittenPublications);
        writer.Bool(8, "recovered"u8, message.Recovered);
        writer.UInt64(9, "offset"u8, message.Offset);
        writer.Bool(10, "positioned"u8, message.Positioned);
        writer.Bytes(11, "data"u8, message.Data);
        writer.Bool(12, "was_recovering"u8, message.WasRecovering);
        writer.Bool(13, "delta"u8, message.Delta);
        writer.Int64(14, "id"u8, message.Id);
        writer.Int32(15, "type"u8, message.Type);
        writer.Int32(16, "phase"u8, message.Phase);
        writer.String(17, "cursor"u8, message.Cursor);
        writer.Messages<Publication, PublicationSchema>(18, "state"u8, message.State);
        writer.UInt32(19, "publish_debounce"u8, message.PublishDebounce);
    }
}

internal readonly struct SubscribeSchema : IMessageSchema<Subscribe>
{
    private static readonly FieldNames Names = new((1, "recoverable"), (4, "epoch"), (5, "offset"), (6, "positioned"), (7, "data"));

    public static void Read<TReader>(ref TReader reader, Subscribe message)
        where TReader : IFieldReader, allows ref struct
    {
        var seen = 0ul;
        while (reader.Next(Names, ref seen, out var number))
        {
            switch (number)
            {
                case 1: message.Recoverable = reader.Bool(); break;
                case 4: message.Epoch = reader.String(); break;
                case 5: message.Offset = reader.UInt64(); break;
                case 6: message.Positioned = reader.Bool(); break;
                case 7: message.Data = reader.Bytes(); break;
                default: reader.Skip(); break;
            }
        }
    }

    public static void Write<TWriter>(ref TWriter writer, Subscribe message)
        where TWriter : IFieldWriter, allows ref struct
    {
        writer.Bool(1, "recoverable"u8, message.Recoverable);
        writer.String(4, "epoch"u8, message.Epoch);
        writer.UInt64(5, "offset"u8, message.Offset);
        writer.Bool(6, "positioned"u8, message.Positioned);
        writer.Bytes(7, "data"u8, message.Data);
    }
}
