namespace Parley.Protocol.Centrifuge.Schema;

internal readonly struct ReplySchema : IMessageSchema<Reply>
{
    private static readonly FieldNames Names = new(
        (1, "id"), (2, "error"), (4, "push"), (5, "connect"), (6, "subscribe"), (7, "unsubscribe"), (8, "publish"), (9, "presence"),
        (10, "presence_stats"), (11, "history"), (12, "ping"), (13, "rpc"), (14, "refresh"), (15, "sub_refresh"));

    public static void Read<TReader>(ref TReader reader, Reply message)
        where TReader : IFieldReader, allows ref struct
    {
        var seen = 0ul;
        while (reader.Next(Names, ref seen, out var number))
        {
            switch (number)
            {
                case 1: message.Id = reader.UInt32(); break;
                case 2: message.Error = reader.Message<Error, ErrorSchema>(message.Error); break;
                case 4: message.Push = reader.Message<Push, PushSchema>(message.Push); break;
                case 5: message.Connect = reader.Message<ConnectResult, ConnectResultSchema>(message.Connect); break;
                case 6: message.Subscribe = reader.Message<SubscribeResult, SubscribeResultSchema>(message.Subscribe); break;
                case 7: message.Unsubscribe = reader.Message<UnsubscribeResult, EmptySchema<UnsubscribeResult>>(message.Unsubscribe); break;
                case 8: message.Publish = reader.Message<PublishResult, EmptySchema<PublishResult>>(message.Publish); break;
                case 9: message.Presence = reader.Message<PresenceResult, PresenceResultSchema>(message.Presence); break;
                case 10:
                    message.PresenceStats = reader.Message<PresenceStatsResult, PresenceStatsResultSchema>(message.PresenceStats);
                    break;
                case 11: message.History = reader.Message<HistoryResult, HistoryResultSchema>(message.History); break;
                case 12: message.Ping = reader.Message<PingResult, EmptySchema<PingResult>>(message.Ping); break;
                case 13: message.Rpc = reader.Message<RPCResult, RPCResultSchema>(message.Rpc); break;
                case 14: message.Refresh = reader.Message<RefreshResult, RefreshResultSchema>(message.Refresh); break;
                case 15: message.SubRefresh = reader.Message<SubRefreshResult, SubRefreshResultSchema>(message.SubRefresh); break;
                default: reader.Skip(); break;
            }
        }
    }

    public static void Write<TWriter>(ref TWriter writer, Reply message)
        where TWriter : IFieldWriter, allows ref struct
    {
        writer.UInt32(1, "id"u8, message.Id);
        writer.Message<Error, ErrorSchema>(2, "error"u8, message.Error);
        writer.Message<Push, PushSchema>(4, "push"u8, message.Push);
        writer.Message<ConnectResult, ConnectResultSchema>(5, "connect"u8, message.Connect);
        writer.Message<SubscribeResult, SubscribeResultSchema>(6, "subscribe"u8, message.Subscribe);
        writer.Message<UnsubscribeResult, EmptySchema<UnsubscribeResult>>(7, "unsubscribe"u8, message.Unsubscribe);
        writer.Message<PublishResult, EmptySchema<PublishResult>>(8, "publish"u8, message.Publish);
        writer.Message<PresenceResult, PresenceResultSchema>(9, "presence"u8, message.Presence);
        writer.Message<PresenceStatsResult, PresenceStatsResultSchema>(10, "presence_stats"u8, message.PresenceStats);
        writer.Message<HistoryResult, HistoryResultSchema>(11, "history"u8, message.History);
        writer.Message<PingResult, EmptySchema<PingResult>>(12, "ping"u8, message.Ping);
        writer.Message<RPCResult, RPCResultSchema>(13, "rpc"u8, message.Rpc);
        writer.Message<RefreshResult, RefreshResultSchema>(14, "refresh"u8, message.Refresh);
        writer.Message<SubRefreshResult, SubRefreshResultSchema>(15, "sub_refresh"u8, message.SubRefresh);
    }
}

internal readonly struct ErrorSchema : IMessageSchema<Error>
{
    private static readonly FieldNames Names = new((1, "code"), (2, "message"), (3, "temporary"));

    public static void Read<TReader>(ref TReader reader, Error message)
        where TReader : IFieldReader, allows ref struct
    {
        var seen = 0ul;
        while (reader.Next(Names, ref seen, out var number))
        {
            switch (number)
            {
                case 1: message.Code = reader.UInt32(); break;
                case 2: message.Message = reader.String(); break;
                case 3: message.Temporary = reader.Bool(); break;
                default: reader.Skip(); break;
            }
        }
    }

    public static void Write<TWriter>(ref TWriter writer, Error message)
        where TWriter : IFieldWriter, allows ref struct
    {
        writer.UInt32(1, "code"u8, message.Code);
        writer.String(2, "message"u8, message.Message);
        writer.Bool(3, "temporary"u8, message.Temporary);
    }
}
