namespace Parley.Protocol.Centrifuge.Schema;

internal readonly struct RPCRequestSchema : IMessageSchema<RPCRequest>
{
    private static readonly FieldNames Names = new((1, "data"), (2, "method"));

    public static void Read<TReader>(ref TReader reader, RPCRequest message)
        where TReader : IFieldReader, allows ref struct
    {
        var seen = 0ul;
        while (reader.Next(Names, ref seen, out var number))
        {
            switch (number)
            {
                case 1: message.Data = reader.Bytes(); break;
                case 2: message.Method = reader.String(); break;
                default: reader.Skip(); break;
            }
        }
    }

    public static void Write<TWriter>(ref TWriter writer, RPCRequest message)
        where TWriter : IFieldWriter, allows ref struct
    {
        writer.Bytes(1, "data"u8, message.Data);
        writer.String(2, "method"u8, message.Method);
    }
}

internal readonly struct RPCResultSchema : IMessageSchema<RPCResult>
{
    private static readonly FieldNames Names = new((1, "data"));

    public static void Read<TReader>(ref TReader reader, RPCResult message)
        where TReader : IFieldReader, allows ref struct
    {
        var seen = 0ul;
        while (reader.Next(Names, ref seen, out var number))
        {
            switch (number)
            {
                case 1: message.Data = reader.Bytes(); break;
                default: reader.Skip(); break;
            }
        }
    }

    public static void Write<TWriter>(ref TWriter writer, RPCResult message)
        where TWriter : IFieldWriter, allows ref struct
    {
        writer.Bytes(1, "data"u8, message.Data);
    }
}

internal readonly struct SendRequestSchema : IMessageSchema<SendRequest>
{
    private static readonly FieldNames Names = new((1, "data"));

    public static void Read<TReader>(ref TReader reader, SendRequest message)
        where TReader : IFieldReader, allows ref struct
    {
        var seen = 0ul;
        while (reader.Next(Names, ref seen, out var number))
        {
            switch (number)
            {
                case 1: message.Data = reader.Bytes(); break;
                default: reader.Skip(); break;
            }
        }
    }

    public static void Write<TWriter>(ref TWriter writer, SendRequest message)
        where TWriter : IFieldWriter, allows ref struct
    {
        writer.Bytes(1, "data"u8, message.Data);
    }
}

internal readonly struct MessageSchema : IMessageSchema<Message>
{
    private static readonly FieldNames Names = new((1, "data"));

    public static void Read<TReader>(ref TReader reader, Message message)
        where TReader : IFieldReader, allows ref struct
    {
        var seen = 0ul;
        while (reader.Next(Names, ref seen, out var number))
        {
            switch (number)
            {
                case 1: message.Data = reader.Bytes(); break;
                default: reader.Skip(); break;
            }
        }
    }

    public static void Write<TWriter>(ref TWriter writer, Message message)
        where TWriter : IFieldWriter, allows ref struct
    {
        writer.Bytes(1, "data"u8, message.Data);
    }
}
