namespace Parley.Protocol.Centrifuge.Schema;

internal readonly struct ConnectRequestSchema : IMessageSchema<ConnectRequest>
{
    private static readonly FieldNames Names = new(
        (1, "token"), (2, "data"), (3, "subs"), (4, "name"), (5, "version"), (6, "headers"), (7, "flag"), (8, "dict"), (9, "profile"));

    public static void Read<TReader>(ref TReader reader, ConnectRequest message)
        where TReader : IFieldReader, allows ref struct
    {
        var seen = 0ul;
        while (reader.Next(Names, ref seen, out var number))
        {
            switch (number)
            {
                case 1: message.Token = reader.String(); break;
                case 2: message.Data = reader.Bytes(); break;
                case 3: message.Subs = reader.MessageMap<SubscribeRequest, SubscribeRequestSchema>(message.Subs); break;
                case 4: message.Name = reader.String(); break;
                case 5: message.Version = reader.String(); break;
                case 6: message.Headers = reader.StringMap(message.Headers); break;
                case 7: message.Flag = reader.Int64(); break;
                case 8: message.Dict = reader.String(); break;
                case 9: message.Profile = reader.String(); break;
                default: reader.Skip(); break;
            }
        }
    }

    public static void Write<TWriter>(ref TWriter writer, ConnectRequest message)
        where TWriter : IFieldWriter, allows ref struct
    {
        writer.String(1, "token"u8, message.Token);
        writer.Bytes(2, "data"u8, message.Data);
        writer.MessageMap<SubscribeRequest, SubscribeRequestSchema>(3, "subs"u8, message.Subs);
        writer.String(4, "name"u8, message.Name);
        writer.String(5, "version"u8, message.Version);
        writer.StringMap(6, "headers"u8, message.Headers);
        writer.Int64(7, "flag"u8, message.Flag);
        writer.String(8, "dict"u8, message.Dict);
        writer.String(9, "profile"u8, message.Profile);
    }
}

internal readonly struct ConnectResultSchema : IMessageSchema<ConnectResult>
{
    private static readonly FieldNames Names = new(
        (1, "client"), (2, "version"), (3, "expires"), (4, "ttl"), (5, "data"), (6, "subs"), (7, "ping"), (8, "pong"), (9, "session"),
        (10, "node"), (11, "time"), (12, "flag"), (13, "dict"));

    public static void Read<TReader>(ref TReader reader, ConnectResult message)
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
                case 5: message.Data = reader.Bytes(); break;
                case 6: message.Subs = reader.MessageMap<SubscribeResult, SubscribeResultSchema>(message.Subs); break;
                case 7: message.Ping = reader.UInt32(); break;
                case 8: message.Pong = reader.Bool(); break;
                case 9: message.Session = reader.String(); break;
                case 10: message.Node = reader.String(); break;
                case 11: message.Time = reader.Int64(); break;
                case 12: message.Flag = reader.Int64(); break;
                case 13: message.Dict = reader.Message<Dictionary, DictionarySchema>(message.Dict); break;
                default: reader.Skip(); break;
            }
        }
    }

    public static void Write<TWriter>(ref TWriter writer, ConnectResult message)
        where TWriter : IFieldWriter, allows ref struct
    {
        writer.String(1, "client"u8, message.Client);
        writer.String(2, "version"u8, message.Version);
        writer.Bool(3, "expires"u8, message.Expires);
        writer.UInt32(4, "ttl"u8, message.Ttl);
        writer.Bytes(5, "data"u8, message.Data);
        writer.MessageMap<SubscribeResult, SubscribeResultSchema>(6, "subs"u8, message.Subs);
        writer.UInt32(7, "ping"u8, message.Ping);
        writer.Bool(8, "pong"u8, message.Pong);
        writer.String(9, "session"u8, message.Session);
        writer.String(10, "node"u8, message.Node);
        writer.Int64(11, "time"u8, message.Time);
        writer.Int64(12, "flag"u8, message.Flag);
        writer.Message<Dictionary, DictionarySchema>(13, "dict"u8, message.Dict);
    }
}

internal readonly struct ConnectSchema : IMessageSchema<Connect>
{
    private static readonly FieldNames Names = new(
        (1, "client"), (2, "version"), (3, "data"), (4, "subs"), (5, "expires"), (6, "ttl"), (7, "ping"), (8, "pong"), (9, "session"),
        (10, "node"), (11, "time"));

    public static void Read<TReader>(ref TReader reader, Connect message)
        where TReader : IFieldReader, allows ref struct
    {
        var seen = 0ul;
        while (reader.Next(Names, ref seen, out var number))
        {
            switch (number)
            {
                case 1: message.Client = reader.String(); break;
                case 2: message.Version = reader.String(); break;
                case 3: message.Data = reader.Bytes(); break;
                case 4: message.Subs = reader.MessageMap<SubscribeResult, SubscribeResultSchema>(message.Subs); break;
                case 5: message.Expires = reader.Bool(); break;
                case 6: message.Ttl = reader.UInt32(); break;
                case 7: message.Ping = reader.UInt32(); break;
                case 8: message.Pong = reader.Bool(); break;
                case 9: message.Session = reader.String(); break;
                case 10: message.Node = reader.String(); break;
                case 11: message.Time = reader.Int64(); break;
                default: reader.Skip(); break;
            }
        }
    }

    public static void Write<TWriter>(ref TWriter writer, Connect message)
        where TWriter : IFieldWriter, allows ref struct
    {
        writer.String(1, "client"u8, message.Client);
        writer.String(2, "version"u8, message.Version);
        writer.Bytes(3, "data"u8, message.Data);
        writer.MessageMap<SubscribeResult, SubscribeResultSchema>(4, "subs"u8, message.Subs);
        writer.Bool(5, "expires"u8, message.Expires);
        writer.UInt32(6, "ttl"u8, message.Ttl);
        writer.UInt32(7, "ping"u8, message.Ping);
        writer.Bool(8, "pong"u8, message.Pong);
        writer.String(9, "session"u8, message.Session);
        writer.String(10, "node"u8, message.Node);
        writer.Int64(11, "time"u8, message.Time);
    }
}

internal readonly struct DictionarySchema : IMessageSchema<Dictionary>
{
    private static readonly FieldNames Names = new((1, "id"), (2, "data"), (3, "data_b64"));

    public static void Read<TReader>(ref TReader reader, Dictionary message)
        where TReader : IFieldReader, allows ref struct
    {
        var seen = 0ul;
        while (reader.Next(Names, ref seen, out var number))
        {
            switch (number)
            {
                case 1: message.Id = reader.String(); break;
                case 2: message.Data = reader.Bytes(); break;
                case 3: message.DataB64 = reader.String(); break;
                default: reader.Skip(); break;
            }
        }
    }

    public static void Write<TWriter>(ref TWriter writer, Dictionary message)
        where TWriter : IFieldWriter, allows ref struct
    {
        writer.String(1, "id"u8, message.Id);
        writer.Bytes(2, "data"u8, message.Data);
        writer.String(3, "data_b64"u8, message.DataB64);
    }
}
