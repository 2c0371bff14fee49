namespace Parley.Protocol.Centrifuge.Schema;

internal readonly struct EmulationRequestSchema : IMessageSchema<EmulationRequest>
{
    private static readonly FieldNames Names = new((1, "node"), (2, "session"), (3, "data"));

    public static void Read<TReader>(ref TReader reader, EmulationRequest message)
        where TReader : IFieldReader, allows ref struct
    {
        var seen = 0ul;
        while (reader.Next(Names, ref seen, out var number))
        {
            switch (number)
            {
                case 1: message.Node = reader.String(); break;
                case 2: message.Session = reader.String(); break;
                case 3: message.Data = reader.Text(); break;
                default: reader.Skip(); break;
            }
        }
    }

    public static void Write<TWriter>(ref TWriter writer, EmulationRequest message)
        where TWriter : IFieldWriter, allows ref struct
    {
        writer.String(1, "node"u8, message.Node);
        writer.String(2, "session"u8, message.Session);
        writer.Text(3, "data"u8, message.Data);
    }
}
