namespace Parley.Client;

/// <summary>A server-side subscription was interrupted with the connection.</summary>
/// <param name="Channel">Of the subscription.</param>
public sealed record ServerSubscribingEventArgs(string Channel);

/// <summary>The server subscribed this session to a channel.</summary>
/// <param name="Channel">Of the subscription.</param>
/// <param name="Subscription">How it began.</param>
public sealed record ServerSubscribedEventArgs(string Channel, SubscribedEventArgs Subscription);

/// <summary>The server ended its subscription, or gave it no more after a reconnect.</summary>
/// <param name="Channel">Of the subscription.</param>
public sealed record ServerUnsubscribedEventArgs(string Channel);

/// <summary>A publication of a server-side subscription.</summary>
/// <param name="Channel">Of the subscription.</param>
/// <param name="Publication">What was published.</param>
public sealed record ServerPublicationEventArgs(string Channel, Publication Publication);

/// <summary>A client came to the channel of a server-side subscription, or left it.</summary>
/// <param name="Channel">Of the subscription.</param>
/// <param name="Info">Who.</param>
public sealed record ServerPresenceEventArgs(string Channel, ClientInfo Info);
