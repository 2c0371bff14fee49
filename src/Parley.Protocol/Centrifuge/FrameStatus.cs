namespace Parley.Protocol.Centrifuge;

/// <summary>Outcome of reading a command from a frame.</summary>
public enum CommandStatus
{
    /// <summary>A command was read.</summary>
    Command,

    /// <summary>The frame has nothing more.</summary>
    End,

    /// <summary>What follows is not a command. Commands before it stand.</summary>
    Invalid,
}

/// <summary>Outcome of reading a reply from a frame.</summary>
public enum ReplyStatus
{
    /// <summary>A reply was read.</summary>
    Reply,

    /// <summary>The frame has nothing more.</summary>
    End,

    /// <summary>What follows is not a reply. Replies before it stand.</summary>
    Invalid,
}
