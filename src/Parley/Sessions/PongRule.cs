namespace Parley.Sessions;

/// <summary>How clients answer pings.</summary>
internal enum PongRule
{
    /// <summary>With a pong for each ping, and none else.</summary>
    Asked,

    /// <summary>With a pong for each ping; further ones are no offence, as with those of WebSocket.</summary>
    AskedOrNot,

    /// <summary>Not at all: they cannot send.</summary>
    None,
}
