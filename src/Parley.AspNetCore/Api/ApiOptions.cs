namespace Parley.AspNetCore.Api;

/// <summary>Who may call the HTTP API. Section <c>Parley:Api</c>.</summary>
public sealed class ApiOptions
{
    /// <summary>Keys that open the API, at least 16 characters each. Without any, and without <see cref="Insecure"/>, every call is refused.</summary>
    public IList<string> Keys { get; set; } = [];

    /// <summary>Opens the API to callers on this machine, for development. Default false.</summary>
    public bool Insecure { get; set; }
}
