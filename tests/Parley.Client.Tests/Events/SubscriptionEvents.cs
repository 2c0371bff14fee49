namespace Parley.Client.Tests.Events;

/// <summary>All that a subscription says, by kind.</summary>
internal sealed class SubscriptionEvents(Subscription subscription)
{
    public EventQueue<SubscribingEventArgs> Subscribing { get; } = new(handler => subscription.Subscribing += handler);

    public EventQueue<SubscribedEventArgs> Subscribed { get; } = new(handler => subscription.Subscribed += handler);

    public EventQueue<UnsubscribedEventArgs> Unsubscribed { get; } = new(handler => subscription.Unsubscribed += handler);

    public EventQueue<Publication> Publications { get; } = new(handler => subscription.PublicationReceived += handler);

    public EventQueue<ClientInfo> Joined { get; } = new(handler => subscription.Joined += handler);

    public EventQueue<ClientInfo> Left { get; } = new(handler => subscription.Left += handler);

    public EventQueue<ErrorEventArgs> Errors { get; } = new(handler => subscription.Error += handler);
}
