using Parley.Client;

namespace Parley.EndToEnd.Tests.Clients.DotNet;

/// <summary>Passes the events of Parley.Client on under their names in the official SDK.</summary>
internal static class DotNetEvents
{
    public static void Forward(ParleyClient client, SdkEvents told)
    {
        client.Connecting += (_, args) => Add("connecting", DotNetContexts.Of(args.Code, args.Reason));
        client.Connected += (_, args) => Add("connected", new SdkConnected(args.Client, DotNetClients.NameOf(args.Transport)));
        client.Disconnected += (_, args) => Add("disconnected", DotNetContexts.Of(args.Code, args.Reason));
        client.Error += (_, args) => Add("error", DotNetContexts.Of(args));
        client.MessageReceived += (_, args) => Add("message", new { data = DotNetContexts.ValueOf(args.Data) });
        client.ServerSubscribing += (_, args) => Add("subscribing", new SdkChannel(args.Channel));
        client.ServerSubscribed += (_, args) => Add("subscribed", DotNetContexts.Of(args.Channel, args.Subscription));
        client.ServerUnsubscribed += (_, args) => Add("unsubscribed", new SdkChannel(args.Channel));
        client.ServerPublicationReceived += (_, args) => Add("publication", DotNetContexts.Of(args.Channel, args.Publication));
        client.ServerJoined += (_, args) => Add("join", DotNetContexts.Of(args.Channel, args.Info));
        client.ServerLeft += (_, args) => Add("leave", DotNetContexts.Of(args.Channel, args.Info));

        void Add(string name, object context) => told.Add(name, DotNetContexts.ToElement(context));
    }

    public static void Forward(Subscription subscription, SdkEvents told)
    {
        var channel = subscription.Channel;
        subscription.Subscribing += (_, args) => Add("subscribing", DotNetContexts.Of(args.Code, args.Reason));
        subscription.Subscribed += (_, args) => Add("subscribed", DotNetContexts.Of(channel, args));
        subscription.Unsubscribed += (_, args) => Add("unsubscribed", DotNetContexts.Of(args.Code, args.Reason));
        subscription.Error += (_, args) => Add("error", DotNetContexts.Of(args));
        subscription.PublicationReceived += (_, publication) => Add("publication", DotNetContexts.Of(channel, publication));
        subscription.Joined += (_, info) => Add("join", DotNetContexts.Of(channel, info));
        subscription.Left += (_, info) => Add("leave", DotNetContexts.Of(channel, info));

        void Add(string name, object context) => told.Add(name, DotNetContexts.ToElement(context));
    }
}
