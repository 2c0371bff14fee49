namespace Parley.Protocol.Centrifuge.Schema;

internal readonly struct PublishRequestSchema : IMessageSchema<PublishRequest>
{
    private static readonly FieldNames Names = new((1, "channel"), (2, "data"), (3, "type"), (4, "key"), (5, "removed"));

    public static void Read<TReader>(ref TReader reader, PublishRequest message)
        where TReader : IFieldReader, allows ref struct
    {
        var seen = 0ul;
        while (reader.Next(Names, ref seen, out var number))
        {
            switch (number)
            {
                case 1: message.Channel = reader.String(); break;
                case 2: message.Data = reader.Bytes(); break;
                case 3: message.Type = reader.Int32(); break;
                case 4: message.Key = reader.String(); break;
                case 5: message.Removed = reader.Bool(); break;
                default: reader.Skip(); break;
            }
        }
    }

    public static void Write<TWriter>(ref TWriter writer, PublishRequest message)
        where TWriter : IFieldWriter, allows ref struct
    {
        writer.String(1, "channel"u8, message.Channel);
        writer.Bytes(2, "data"u8, message.Data);
        writer.Int32(3, "type"u8, message.Type);
        writer.String(4, "key"u8, message.Key);
        writer.Bool(5, "removed"u8, message.Removed);
    }
}
