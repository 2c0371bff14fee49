namespace Parley.Testing;

/// <summary>The HTTP API answered a call with an error.</summary>
/// <param name="code">Of the documented table.</param>
/// <param name="message">Short text.</param>
public sealed class ApiException(int code, string message) : Exception($"{code} {message}")
{
    /// <summary>Of the documented table.</summary>
    public int Code => code;
}
