namespace Parley.Protocol.Centrifuge.Schema;

/// <summary>A message whose presence is all it says.</summary>
internal readonly struct EmptySchema<T> : IMessageSchema<T>
    where T : class
{
    private static readonly FieldNames Names = new();

    public static void Read<TReader>(ref TReader reader, T message)
        where TReader : IFieldReader, allows ref struct
    {
        var seen = 0ul;
        while (reader.Next(Names, ref seen, out _)) reader.Skip();
    }

    public static void Write<TWriter>(ref TWriter writer, T message)
        where TWriter : IFieldWriter, allows ref struct
    {
    }
}
