namespace Parley.Server.Commands;

/// <summary>What the process answers to whoever started it.</summary>
internal static class ExitCodes
{
    public const int Success = 0;

    /// <summary>The configuration is bad, or the server could not start.</summary>
    public const int Failure = 1;

    /// <summary>The command line was not understood.</summary>
    public const int Misuse = 2;
}
