namespace Parley.Protocol.Centrifuge.Schema;

internal readonly struct RefreshRequestSchema : IMessageSchema<RefreshRequest>
{
    private static readonly FieldNames Names = new((1, "token"));

    public static void Read<TReader>(ref TReader reader, RefreshRequest message)
        where TReader : IFieldReader, allows ref struct
    {
        var seen = 0ul;
        while (reader.Next(Names, ref seen, out var number))
        {
            switch (number)
            {
                case 1: message.Token = reader.String(); break;
                default: reader.Skip(); break;
            }
        }
    }

    public static void Write<TWriter>(ref TWriter writer, RefreshRequest message)
        where TWriter : IFieldWriter, allows ref struct
    {
        writer.String(1, "token"u8, message.Token);
    }
}

internal readonly struct RefreshResultSchema : IMessageSchema<RefreshResult>
{
    private static readonly FieldNames Names = new((1, "client"), (2, "version"), (3, "expires"), (4, "ttl"));

    public static void Read<TReader>(ref TReader reader, RefreshResult message)
        where TReader : IFieldReader, allows ref struct
    {
        var seen = 0ul;
        while (reader.Next(Names, ref seen, out var number))
        {
            switch (number)
            {
                case 1: message.Client = reader.String(); break;
                case 2: message.Version = reader.String(); break;
                case 3: message.Expires = reader.Bool(); break;
                case 4: message.Ttl = reader.UInt32(); break;
                default: reader.Skip(); break;
            }
        }
    }

    public static void Write<TWriter>(ref TWriter writer, RefreshResult message)
        where TWriter : IFieldWriter, allows ref struct
    {
        writer.String(1, "client"u8, message.Client);
        writer.String(2, "version"u8, message.Version);
        writer.Bool(3, "expires"u8, message.Expires);
        writer.UInt32(4, "ttl"u8, message.Ttl);
    }
}

internal readonly struct RefreshSchema : IMessageSchema<Refresh>
{
    private static readonly FieldNames Names = new((1, "expires"), (2, "ttl"));

    public static void Read<TReader>(ref TReader reader, Refresh message)
        where TReader : IFieldReader, allows ref struct
    {
        var seen = 0ul;
        while (reader.Next(Names, ref seen, out var number))
        {
            switch (number)
            {
                case 1: message.Expires = reader.Bool(); break;
                case 2: message.Ttl = reader.UInt32(); break;
                default: reader.Skip(); break;
            }
        }
    }

    public static void Write<TWriter>(ref TWriter writer, Refresh message)
        where TWriter : IFieldWriter, allows ref struct
    {
        writer.Bool(1, "expires"u8, message.Expires);
        writer.UInt32(2, "ttl"u8, message.Ttl);
    }
}

internal readonly struct SubRefreshRequestSchema : IMessageSchema<SubRefreshRequest>
{
    private static readonly FieldNames Names = new((1, "channel"), (2, "token"), (3, "type"), (4, "track"), (5, "untrack"));

    public static void Read<TReader>(ref TReader reader, SubRefreshRequest message)
        where TReader : IFieldReader, allows ref struct
    {
        var seen = 0ul;
        while (reader.Next(Names, ref seen, out var number))
        {
            switch (number)
            {
                case 1: message.Channel = reader.String(); break;
                case 2: message.Token = reader.String(); break;
                case 3: message.Type = reader.Int32(); break;
                case 4: message.Track = reader.Messages<TrackBatch, TrackBatchSchema>(message.Track); break;
                case 5: message.Untrack = reader.Strings(message.Untrack); break;
                default: reader.Skip(); break;
            }
        }
    }

    public static void Write<TWriter>(ref TWriter writer, SubRefreshRequest message)
        where TWriter : IFieldWriter, allows ref struct
    {
        writer.String(1, "channel"u8, message.Channel);
        writer.String(2, "token"u8, message.Token);
        writer.Int32(3, "type"u8, message.Type);
        writer.Messages<TrackBatch, TrackBatchSchema>(4, "track"u8, message.Track);
        writer.Strings(5, "untrack"u8, message.Untrack);
    }
}

internal readonly struct SubRefreshResultSchema : IMessageSchema<SubRefreshResult>
{
    private static readonly FieldNames Names = new((1, "expires"), (2, "ttl"), (3, "items"));

    public static void Read<TReader>(ref TReader reader, SubRefreshResult message)
        where TReader : IFieldReader, allows ref struct
    {
        var seen = 0ul;
        while (reader.Next(Names, ref seen, out var number))
        {
            switch (number)
            {
                case 1: message.Expires = reader.Bool(); break;
                case 2: message.Ttl = reader.UInt32(); break;
                case 3: message.Items = reader.Messages<Publication, PublicationSchema>(message.Items); break;
                default: reader.Skip(); break;
            }
        }
    }

    public static void Write<TWriter>(ref TWriter writer, SubRefreshResult message)
        where TWriter : IFieldWriter, allows ref struct
    {
        writer.Bool(1, "expires"u8, message.Expires);
        writer.UInt32(2, "ttl"u8, message.Ttl);
        writer.Messages<Publication, PublicationSchema>(3, "items"u8, message.Items);
    }
}

internal readonly struct TrackBatchSchema : IMessageSchema<TrackBatch>
{
    private static readonly FieldNames Names = new((1, "signature"), (2, "items"));

    public static void Read<TReader>(ref TReader reader, TrackBatch message)
        where TReader : IFieldReader, allows ref struct
    {
        var seen = 0ul;
        while (reader.Next(Names, ref seen, out var number))
        {
            switch (number)
            {
                case 1: message.Signature = reader.String(); break;
                case 2: message.Items = reader.Messages<KeyedItem, KeyedItemSchema>(message.Items); break;
                default: reader.Skip(); break;
            }
        }
    }

    public static void Write<TWriter>(ref TWriter writer, TrackBatch message)
        where TWriter : IFieldWriter, allows ref struct
    {
        writer.String(1, "signature"u8, message.Signature);
        writer.Messages<KeyedItem, KeyedItemSchema>(2, "items"u8, message.Items);
    }
}

internal readonly struct KeyedItemSchema : IMessageSchema<KeyedItem>
{
    private static readonly FieldNames Names = new((1, "key"), (2, "version"));

    public static void Read<TReader>(ref TReader reader, KeyedItem message)
        where TReader : IFieldReader, allows ref struct
    {
        var seen = 0ul;
        while (reader.Next(Names, ref seen, out var number))
        {
            switch (number)
            {
                case 1: message.Key = reader.String(); break;
                case 2: message.Version = reader.UInt64(); break;
                default: reader.Skip(); break;
            }
        }
    }

    public static void Write<TWriter>(ref TWriter writer, KeyedItem message)
        where TWriter : IFieldWriter, allows ref struct
    {
        writer.String(1, "key"u8, message.Key);
        writer.UInt64(2, "version"u8, message.Version);
    }
}
