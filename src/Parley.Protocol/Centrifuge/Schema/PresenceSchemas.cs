namespace Parley.Protocol.Centrifuge.Schema;

internal readonly struct PresenceRequestSchema : IMessageSchema<PresenceRequest>
{
    private static readonly FieldNames Names = new((1, "channel"));

    public static void Read<TReader>(ref TReader reader, PresenceRequest message)
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

    public static void Write<TWriter>(ref TWriter writer, PresenceRequest message)
        where TWriter : IFieldWriter, allows ref struct
    {
        writer.String(1, "channel"u8, message.Channel);
    }
}

internal readonly struct PresenceResultSchema : IMessageSchema<PresenceResult>
{
    private static readonly FieldNames Names = new((1, "presence"));

    public static void Read<TReader>(ref TReader reader, PresenceResult message)
        where TReader : IFieldReader, allows ref struct
    {
        var seen = 0ul;
        while (reader.Next(Names, ref seen, out var number))
        {
            switch (number)
            {
                case 1: message.Presence = reader.MessageMap<ClientInfo, ClientInfoSchema>(message.Presence); break;
                default: reader.Skip(); break;
            }
        }
    }

    public static void Write<TWriter>(ref TWriter writer, PresenceResult message)
        where TWriter : IFieldWriter, allows ref struct
    {
        writer.MessageMap<ClientInfo, ClientInfoSchema>(1, "presence"u8, message.Presence, always: true);
    }
}

internal readonly struct PresenceStatsRequestSchema : IMessageSchema<PresenceStatsRequest>
{
    private static readonly FieldNames Names = new((1, "channel"));

    public static void Read<TReader>(ref TReader reader, PresenceStatsRequest message)
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

    public static void Write<TWriter>(ref TWriter writer, PresenceStatsRequest message)
        where TWriter : IFieldWriter, allows ref struct
    {
        writer.String(1, "channel"u8, message.Channel);
    }
}

internal readonly struct PresenceStatsResultSchema : IMessageSchema<PresenceStatsResult>
{
    private static readonly FieldNames Names = new((1, "num_clients"), (2, "num_users"));

    public static void Read<TReader>(ref TReader reader, PresenceStatsResult message)
        where TReader : IFieldReader, allows ref struct
    {
        var seen = 0ul;
        while (reader.Next(Names, ref seen, out var number))
        {
            switch (number)
            {
                case 1: message.NumClients = reader.UInt32(); break;
                case 2: message.NumUsers = reader.UInt32(); break;
                default: reader.Skip(); break;
            }
        }
    }

    public static void Write<TWriter>(ref TWriter writer, PresenceStatsResult message)
        where TWriter : IFieldWriter, allows ref struct
    {
        writer.UInt32(1, "num_clients"u8, message.NumClients, always: true);
        writer.UInt32(2, "num_users"u8, message.NumUsers, always: true);
    }
}

internal readonly struct JoinSchema : IMessageSchema<Join>
{
    private static readonly FieldNames Names = new((1, "info"));

    public static void Read<TReader>(ref TReader reader, Join message)
        where TReader : IFieldReader, allows ref struct
    {
        var seen = 0ul;
        while (reader.Next(Names, ref seen, out var number))
        {
            switch (number)
            {
                case 1: message.Info = reader.Message<ClientInfo, ClientInfoSchema>(message.Info); break;
                default: reader.Skip(); break;
            }
        }
    }

    public static void Write<TWriter>(ref TWriter writer, Join message)
        where TWriter : IFieldWriter, allows ref struct
    {
        writer.Message<ClientInfo, ClientInfoSchema>(1, "info"u8, message.Info);
    }
}

internal readonly struct LeaveSchema : IMessageSchema<Leave>
{
    private static readonly FieldNames Names = new((1, "info"));

    public static void Read<TReader>(ref TReader reader, Leave message)
        where TReader : IFieldReader, allows ref struct
    {
        var seen = 0ul;
        while (reader.Next(Names, ref seen, out var number))
        {
            switch (number)
            {
                case 1: message.Info = reader.Message<ClientInfo, ClientInfoSchema>(message.Info); break;
                default: reader.Skip(); break;
            }
        }
    }

    public static void Write<TWriter>(ref TWriter writer, Leave message)
        where TWriter : IFieldWriter, allows ref struct
    {
        writer.Message<ClientInfo, ClientInfoSchema>(1, "info"u8, message.Info);
    }
}
