namespace Parley.Protocol.Centrifuge.Schema;

/// <summary>The fields of one kind of message: numbers for Protobuf, names for JSON, in one place for both.</summary>
/// <remarks>A structure, so that the runtime compiles each format's code for each message without indirection.</remarks>
internal interface IMessageSchema<T>
    where T : class
{
    /// <summary>Sets what the reader has next, until the end of the message.</summary>
    static abstract void Read<TReader>(ref TReader reader, T message)
        where TReader : IFieldReader, allows ref struct;

    /// <summary>Writes every field, by ascending number. The writer leaves out the ones that have their default.</summary>
    static abstract void Write<TWriter>(ref TWriter writer, T message)
        where TWriter : IFieldWriter, allows ref struct;
}
