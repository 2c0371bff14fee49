using System.Text.Json.Serialization.Metadata;

namespace Parley.Webhooks.Api.OpenApi;

/// <summary>What the OpenAPI document says of a route. A test reads and writes the examples with the types, so that they cannot grow old.</summary>
/// <param name="Method">Of HTTP.</param>
/// <param name="Pattern">Of the route, below the API's prefix.</param>
/// <param name="Summary">What it does.</param>
internal sealed record ApiOperation(string Method, string Pattern, string Summary)
{
    /// <summary>Null: it takes no body.</summary>
    public ApiContent? Request { get; init; }

    /// <summary>The answers of success.</summary>
    public required IReadOnlyDictionary<int, ApiContent?> Answers { get; init; }

    /// <summary>Its own statuses of failure, beside those that <see cref="Problems"/> adds.</summary>
    public IReadOnlyList<int> Refusals { get; init; } = [];

    /// <summary>Parameters of the query.</summary>
    public IReadOnlyList<string> Query { get; init; } = [];

    /// <summary>Whether keys of applications are refused.</summary>
    public bool IsForOperators { get; init; }

    /// <summary>Whether it takes the header <c>Idempotency-Key</c>.</summary>
    public bool IsIdempotent => Method is "POST";

    /// <summary>Whether it needs no key.</summary>
    public bool IsPublic { get; init; }

    /// <summary>All statuses of failure.</summary>
    public IEnumerable<int> Problems
    {
        get
        {
            List<int> all = [.. Refusals, 503];
            if (!IsPublic)
                all.AddRange([401, 500]);
            if (IsForOperators)
                all.Add(403);
            if (Pattern.Contains('{', StringComparison.Ordinal))
                all.Add(404);
            if (IsIdempotent)
                all.AddRange([400, 409, 422]);
            if (Request is not null)
                all.AddRange([400, 413, 415, 422]);
            if (Query.Count > 0)
                all.Add(422);
            if (Method is not "GET")
                all.Add(507);
            return all.Distinct().Order();
        }
    }
}

/// <summary>A body.</summary>
/// <param name="Type">What reads and writes it.</param>
/// <param name="Example">JSON.</param>
/// <param name="MediaType">Its media type.</param>
internal sealed record ApiContent(JsonTypeInfo Type, string Example, string MediaType = "application/json");
