namespace Parley.Client.Tests.Events;

/// <summary>All that a client says, by kind.</summary>
internal sealed class ClientEvents(ParleyClient client)
{
    public EventQueue<ConnectingEventArgs> Connecting { get; } = new(handler => client.Connecting += handler);

    public EventQueue<ConnectedEventArgs> Connected { get; } = new(handler => client.Connected += handler);

    public EventQueue<DisconnectedEventArgs> Disconnected { get; } = new(handler => client.Disconnected += handler);

    public EventQueue<ErrorEventArgs> Errors { get; } = new(handler => client.Error += handler);

    public EventQueue<ServerSubscribingEventArgs> ServerSubscribing { get; } = new(handler => client.ServerSubscribing += handler);

    public EventQueue<ServerSubscribedEventArgs> ServerSubscribed { get; } = new(handler => client.ServerSubscribed += handler);

    public EventQueue<ServerUnsubscribedEventArgs> ServerUnsubscribed { get; } = new(handler => client.ServerUnsubscribed += handler);

    public EventQueue<ServerPublicationEventArgs> ServerPublications { get; } =
        new(handler => client.ServerPublicationReceived += handler);
}
