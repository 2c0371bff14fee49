namespace Parley.Server.Configuration;

/// <summary>What the command line says about the configuration.</summary>
internal sealed record ConfigurationRequest
{
    /// <summary>A further JSON file, which must exist; null: none.</summary>
    public string? File { get; init; }

    /// <summary>Whether <c>--dev</c> was given.</summary>
    public bool IsDevelopment { get; init; }

    /// <summary>Addresses to listen on, separated by semicolons; null: as configured.</summary>
    public string? Urls { get; init; }

    /// <summary>Keys given as options, strongest of all sources.</summary>
    public IReadOnlyList<KeyValuePair<string, string?>> Values { get; init; } = [];
}
