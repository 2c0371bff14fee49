namespace Parley.AspNetCore.Transports;

/// <summary>Numbers that a client gave to the commands of one message.</summary>
/// <param name="First">The lowest; 0 when no command has one.</param>
/// <param name="Last">The highest.</param>
internal readonly record struct CommandNumbers(uint First, uint Last)
{
    /// <summary>Whether any command has a number.</summary>
    public bool Any => First > 0;
}
