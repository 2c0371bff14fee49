namespace Parley.Protocol.Centrifuge.Schema;

internal readonly struct FilterNodeSchema : IMessageSchema<FilterNode>
{
    private static readonly FieldNames Names = new((1, "op"), (2, "key"), (3, "cmp"), (4, "val"), (5, "vals"), (6, "nodes"));

    public static void Read<TReader>(ref TReader reader, FilterNode message)
        where TReader : IFieldReader, allows ref struct
    {
        var seen = 0ul;
        while (reader.Next(Names, ref seen, out var number))
        {
            switch (number)
            {
                case 1: message.Op = reader.String(); break;
                case 2: message.Key = reader.String(); break;
                case 3: message.Cmp = reader.String(); break;
                case 4: message.Val = reader.String(); break;
                case 5: message.Vals = reader.Strings(message.Vals); break;
                case 6: message.Nodes = reader.Messages<FilterNode, FilterNodeSchema>(message.Nodes); break;
                default: reader.Skip(); break;
            }
        }
    }

    public static void Write<TWriter>(ref TWriter writer, FilterNode message)
        where TWriter : IFieldWriter, allows ref struct
    {
        writer.String(1, "op"u8, message.Op);
        writer.String(2, "key"u8, message.Key);
        writer.String(3, "cmp"u8, message.Cmp);
        writer.String(4, "val"u8, message.Val);
        writer.Strings(5, "vals"u8, message.Vals);
        writer.Messages<FilterNode, FilterNodeSchema>(6, "nodes"u8, message.Nodes);
    }
}
