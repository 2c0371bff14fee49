namespace Parley.Protocol.Centrifuge.Schema;

internal readonly struct DisconnectSchema : IMessageSchema<Disconnect>
{
    private static readonly FieldNames Names = new((1, "code"), (2, "reason"), (3, "reconnect"));

    public static void Read<TReader>(ref TReader reader, Disconnect message)
        where TReader : IFieldReader, allows ref struct
    {
        var seen = 0ul;
        while (reader.Next(Names, ref seen, out var number))
        {
            switch (number)
            {
                case 1: message.Code = reader.UInt32(); break;
                case 2: message.Reason = reader.String(); break;
                case 3: message.Reconnect = reader.Bool(); break;
                default: reader.Skip(); break;
            }
        }
    }

    public static void Write<TWriter>(ref TWriter writer, Disconnect message)
        where TWriter : IFieldWriter, allows ref struct
    {
        writer.UInt32(1, "code"u8, message.Code);
        writer.String(2, "reason"u8, message.Reason);
        writer.Bool(3, "reconnect"u8, message.Reconnect);
    }
}
