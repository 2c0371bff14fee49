namespace Parley.Protocol.Centrifuge.Schema;

internal readonly struct CommandSchema : IMessageSchema<Command>
{
    private static readonly FieldNames Names = new(
        (1, "id"), (4, "connect"), (5, "subscribe"), (6, "unsubscribe"), (7, "publish"), (8, "presence"), (9, "presence_stats"),
        (10, "history"), (11, "ping"), (12, "send"), (13, "rpc"), (14, "refresh"), (15, "sub_refresh"));

    public static void Read<TReader>(ref TReader reader, Command message)
        where TReader : IFieldReader, allows ref struct
    {
        var seen = 0ul;
        while (reader.Next(Names, ref seen, out var number))
        {
            switch (number)
            {
                case 1: message.Id = reader.UInt32(); break;
                case 4: message.Connect = reader.Message<ConnectRequest, ConnectRequestSchema>(message.Connect); break;
                case 5: message.Subscribe = reader.Message<SubscribeRequest, SubscribeRequestSchema>(message.Subscribe); break;
                case 6: message.Unsubscribe = reader.Message<UnsubscribeRequest, UnsubscribeRequestSchema>(message.Unsubscribe); break;
                case 7: message.Publish = reader.Message<PublishRequest, PublishRequestSchema>(message.Publish); break;
                case 8: message.Presence = reader.Message<PresenceRequest, PresenceRequestSchema>(message.Presence); break;
                case 9:
                    message.PresenceStats = reader.Message<PresenceStatsRequest, PresenceStatsRequestSchema>(message.PresenceStats);
                    break;
                case 10: message.History = reader.Message<HistoryRequest, HistoryRequestSchema>(message.History); break;
                case 11: message.Ping = reader.Message<PingRequest, EmptySchema<PingRequest>>(message.Ping); break;
                case 12: message.Send = reader.Message<SendRequest, SendRequestSchema>(message.Send); break;
                case 13: message.Rpc = reader.Message<RPCRequest, RPCRequestSchema>(message.Rpc); break;
                case 14: message.Refresh = reader.Message<RefreshRequest, RefreshRequestSchema>(message.Refresh); break;
                case 15: message.SubRefresh = reader.Message<SubRefreshRequest, SubRefreshRequestSchema>(message.SubRefresh); break;
                default: reader.Skip(); break;
            }
        }
    }

    public static void Write<TWriter>(ref TWriter writer, Command message)
        where TWriter : IFieldWriter, allows ref struct
    {
        writer.UInt32(1, "id"u8, message.Id);
        writer.Message<ConnectRequest, ConnectRequestSchema>(4, "connect"u8, message.Connect);
        writer.Message<SubscribeRequest, SubscribeRequestSchema>(5, "subscribe"u8, message.Subscribe);
        writer.Message<UnsubscribeRequest, UnsubscribeRequestSchema>(6, "unsubscribe"u8, message.Unsubscribe);
        writer.Message<PublishRequest, PublishRequestSchema>(7, "publish"u8, message.Publish);
        writer.Message<PresenceRequest, PresenceRequestSchema>(8, "presence"u8, message.Presence);
        writer.Message<PresenceStatsRequest, PresenceStatsRequestSchema>(9, "presence_stats"u8, message.PresenceStats);
        writer.Message<HistoryRequest, HistoryRequestSchema>(10, "history"u8, message.History);
        writer.Message<PingRequest, EmptySchema<PingRequest>>(11, "ping"u8, message.Ping);
        writer.Message<SendRequest, SendRequestSchema>(12, "send"u8, message.Send);
        writer.Message<RPCRequest, RPCRequestSchema>(13, "rpc"u8, message.Rpc);
        writer.Message<RefreshRequest, RefreshRequestSchema>(14, "refresh"u8, message.Refresh);
        writer.Message<SubRefreshRequest, SubRefreshRequestSchema>(15, "sub_refresh"u8, message.SubRefresh);
    }
}
