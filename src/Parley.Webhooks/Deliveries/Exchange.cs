namespace Parley.Webhooks.Deliveries;

/// <summary>What went over the wire, for whoever looks at an attempt. Secrets in it are masked before it is stored.</summary>
internal sealed record Exchange
{
    /// <summary>In words, when something went wrong.</summary>
    public string? Detail { get; init; }

    /// <summary>What of the body does not fit, and where.</summary>
    public IReadOnlyList<FieldError>? Errors { get; init; }

    public string? Method { get; init; }

    public string? Url { get; init; }

    public IReadOnlyList<KeyValuePair<string, string>> RequestHeaders { get; init; } = [];

    public IReadOnlyList<KeyValuePair<string, string>> ResponseHeaders { get; init; } = [];

    /// <summary>Cut at 16 KiB; bytes that are not UTF-8 are replaced.</summary>
    public string? ResponseBody { get; init; }

    public bool IsResponseBodyCut { get; init; }
}
