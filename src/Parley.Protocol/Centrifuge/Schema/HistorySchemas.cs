namespace Parley.Protocol.Centrifuge.Schema;

internal readonly struct HistoryRequestSchema : IMessageSchema<HistoryRequest>
{
    private static readonly FieldNames Names = new((1, "channel"), (7, "limit"), (8, "since"), (9, "reverse"));

    public static void Read<TReader>(ref TReader reader, HistoryRequest message)
        where TReader : IFieldReader, allows ref struct
    {
        var seen = 0ul;
        while (reader.Next(Names, ref seen, out var number))
        {
            switch (number)
            {
                case 1: message.Channel = reader.String(); break;
                case 7: message.Limit = reader.Int32(); break;
                case 8: message.Since = reader.Message<StreamPosition, StreamPositionSchema>(message.Since); break;
                case 9: message.Reverse = reader.Bool(); break;
                default: reader.Skip(); break;
            }
        }
    }

    public static void Write<TWriter>(ref TWriter writer, HistoryRequest message)
        where TWriter : IFieldWriter, allows ref struct
    {
        writer.String(1, "channel"u8, message.Channel);
        writer.Int32(7, "limit"u8, message.Limit);
        writer.Message<StreamPosition, StreamPositionSchema>(8, "since"u8, message.Since);
        writer.Bool(9, "reverse"u8, message.Reverse);
    }
}

internal readonly struct HistoryResultSchema : IMessageSchema<HistoryResult>
{
    private static readonly FieldNames Names = new((1, "publications"), (2, "epoch"), (3, "offset"));

    public static void Read<TReader>(ref TReader reader, HistoryResult message)
        where TReader : IFieldReader, allows ref struct
    {
        var seen = 0ul;
        while (reader.Next(Names, ref seen, out var number))
        {
            switch (number)
            {
                case 1: message.Publications = reader.Messages<Publication, PublicationSchema>(message.Publications); break;
                case 2: message.Epoch = reader.String(); break;
                case 3: message.Offset = reader.UInt64(); break;
                default: reader.Skip(); break;
            }
        }
    }

    public static void Write<TWriter>(ref TWriter writer, HistoryResult message)
        where TWriter : IFieldWriter, allows ref struct
    {
        writer.Messages<Publication, PublicationSchema>(1, "publications"u8, message.Publications, always: true);
        writer.String(2, "epoch"u8, message.Epoch, always: true);
        writer.UInt64(3, "offset"u8, message.Offset, always: true);
    }
}

internal readonly struct StreamPositionSchema : IMessageSchema<StreamPosition>
{
    private static readonly FieldNames Names = new((1, "offset"), (2, "epoch"));

    public static void Read<TReader>(ref TReader reader, StreamPosition message)
        where TReader : IFieldReader, allows ref struct
    {
        var seen = 0ul;
        while (reader.Next(Names, ref seen, out var number))
        {
            switch (number)
            {
                case 1: message.Offset = reader.UInt64(); break;
                case 2: message.Epoch = reader.String(); break;
                default: reader.Skip(); break;
            }
        }
    }

    public static void Write<TWriter>(ref TWriter writer, StreamPosition message)
        where TWriter : IFieldWriter, allows ref struct
    {
        writer.UInt64(1, "offset"u8, message.Offset);
        writer.String(2, "epoch"u8, message.Epoch);
    }
}
