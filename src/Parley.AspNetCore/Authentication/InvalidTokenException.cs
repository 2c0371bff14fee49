namespace Parley.AspNetCore.Authentication;

/// <summary>A token does not hold; never leaves the verifier.</summary>
/// <param name="problem">Which check failed, in words of ours: nothing of the token may get into a log.</param>
internal sealed class InvalidTokenException(string problem) : Exception(problem);
