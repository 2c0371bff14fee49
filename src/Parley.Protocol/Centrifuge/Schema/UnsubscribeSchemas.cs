namespace Parley.Protocol.Centrifuge.Schema;

internal readonly struct UnsubscribeRequestSchema : IMessageSchema<UnsubscribeRequest>
{
    private static readonly FieldNames Names = new((1, "channel"));

    public static void Read<TReader>(ref TReader reader, UnsubscribeRequest message)
        where TReader : IFieldReader, allows ref struct
    {
        var seen = 0ul;
        while (reader.Next(Names, ref seen, out var number))
        {
            switch (number)
            {
                case 1: message.Channel = reader.String(); break;
                default: reader.Skip(); break;
            }
        }
    }

    public static void Write<TWriter>(ref TWriter writer, UnsubscribeRequest message)
        where TWriter : IFieldWriter, allows ref struct
    {
        writer.String(1, "channel"u8, message.Channel);
    }
}

internal readonly struct UnsubscribeSchema : IMessageSchema<Unsubscribe>
{
    private static readonly FieldNames Names = new((2, "code"), (3, "reason"));

    public static void Read<TReader>(ref TReader reader, Unsubscribe message)
        where TReader : IFieldReader, allows ref struct
    {
        var seen = 0ul;
        while (reader.Next(Names, ref seen, out var number))
        {
            switch (number)
            {
                case 2: message.Code = reader.UInt32(); break;
                case 3: message.Reason = reader.String(); break;
                default: reader.Skip(); break;
            }
        }
    }

    public static void Write<TWriter>(ref TWriter writer, Unsubscribe message)
        where TWriter : IFieldWriter, allows ref struct
    {
        writer.UInt32(2, "code"u8, message.Code);
        writer.String(3, "reason"u8, message.Reason);
    }
}
