using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Parley.Webhooks.Api.OpenApi;

/// <summary>Describes the routes of the webhooks that an application has mapped, in the words of OpenAPI 3.1.</summary>
internal sealed partial class ApiDocument
{
    private const string Description =
        "Registers endpoints, accepts messages for them, and shows what became of each delivery. A message that is answered with 202 is on disk. "
        + "Errors are problem details (RFC 9457) with a `code` for programs, and with `errors` that point at what is wrong in the request. Lists are pages: `next` of one, given as "
        + "`cursor`, brings the one after it. Every POST takes an `Idempotency-Key`: sent again with it, a call is answered as the first time and not made again.";

    private static readonly HashSet<string> Tags = ["applications", "keys", "event-types", "endpoints", "messages", "deliveries", "webhook-keys"];

    private static readonly JsonSerializerOptions Format = new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private readonly ApiSchemas _schemas = new();

    public static byte[] Serialize(IEnumerable<RouteEndpoint> endpoints) => Encoding.UTF8.GetBytes(new ApiDocument().Build(endpoints).ToJsonString(Format));

    private JsonObject Build(IEnumerable<RouteEndpoint> endpoints)
    {
        var paths = new JsonObject();
        var problem = _schemas.Reference(ApiJson.Default.ProblemView);
        foreach (var endpoint in endpoints)
        {
            if (endpoint.Metadata.GetMetadata<ApiDescription>()?.Operation is not { } operation)
                continue;
            var path = "/" + endpoint.RoutePattern.RawText!.Trim('/');
            if (paths[path] is not JsonObject item)
                paths[path] = item = new JsonObject { ["parameters"] = PathParameters(path) };
            item[operation.Method.ToLowerInvariant()] = Operation(operation);
        }

        return new JsonObject
        {
            ["openapi"] = "3.1.1",
            ["info"] = new JsonObject
            {
                ["title"] = "Parley webhooks API",
                ["version"] = typeof(ApiDocument).Assembly.GetName().Version?.ToString(3),
                ["description"] = Description,
            },
            ["security"] = new JsonArray(new JsonObject { ["apiKey"] = new JsonArray() }, new JsonObject { ["bearer"] = new JsonArray() }),
            ["paths"] = paths,
            ["components"] = new JsonObject
            {
                ["securitySchemes"] = new JsonObject
                {
                    ["apiKey"] = new JsonObject { ["type"] = "apiKey", ["in"] = "header", ["name"] = "X-API-Key" },
                    ["bearer"] = new JsonObject { ["type"] = "http", ["scheme"] = "bearer" },
                },
                ["responses"] = new JsonObject(ApiProblems.All.Select(one => KeyValuePair.Create($"{one.Key}", (JsonNode?)Problem(one.Value, problem)))),
                ["schemas"] = _schemas.Build(),
            },
        };
    }

    private JsonObject Operation(ApiOperation operation)
    {
        var answers = new JsonObject();
        foreach (var (status, content) in operation.Answers)
        {
            var answer = new JsonObject { ["description"] = ApiProblems.Successes[status] };
            if (operation.IsIdempotent)
                answer["headers"] = new JsonObject { ["Idempotency-Replayed"] = ApiParameters.Replayed() };
            if (content is not null)
                answer["content"] = Content(content);
            answers[$"{status}"] = answer;
        }

        foreach (var status in operation.Problems)
            answers[$"{status}"] = new JsonObject { ["$ref"] = $"#/components/responses/{status}" };
        var result = new JsonObject
        {
            ["operationId"] = IdOf(operation),
            ["tags"] = new JsonArray(TagOf(operation.Pattern)),
            ["summary"] = operation.IsForOperators ? operation.Summary + " For operators." : operation.Summary,
        };
        JsonObject[] parameters =
        [
            .. operation.Query.Select(static name => ApiParameters.Query(name)), .. operation.IsIdempotent ? new[] { ApiParameters.IdempotencyKey() } : [],
        ];
        if (parameters.Length > 0)
            result["parameters"] = new JsonArray([.. parameters]);
        if (operation.Request is { } request)
            result["requestBody"] = new JsonObject { ["required"] = true, ["content"] = Content(request) };
        if (operation.IsPublic)
            result["security"] = new JsonArray();
        result["responses"] = answers;
        return result;
    }

    private JsonObject Content(ApiContent content) => new()
    {
        [content.MediaType] = new JsonObject { ["schema"] = _schemas.Reference(content.Type), ["example"] = JsonNode.Parse(content.Example) },
    };

    private static JsonObject Problem((string Description, string Code, string Detail) problem, JsonObject schema)
    {
        var example = JsonSerializer.SerializeToNode(
            new ProblemView(ApiProblems.StatusOf(problem.Code), problem.Code, problem.Detail, problem.Code == "invalid" ? [new("/url", "is missing")] : null),
            ApiJson.Default.ProblemView);
        var result = new JsonObject { ["description"] = problem.Description };
        if (ApiProblems.StatusOf(problem.Code) == StatusCodes.Status401Unauthorized)
            result["headers"] = new JsonObject { ["WWW-Authenticate"] = ApiParameters.Challenge() };
        result["content"] = new JsonObject { ["application/problem+json"] = new JsonObject { ["schema"] = schema.DeepClone(), ["example"] = example } };
        return result;
    }

    private static JsonArray PathParameters(string path) =>
        new([.. Parameter().Matches(path).Select(static match => (JsonNode)ApiParameters.Path(match.Groups[1].Value))]);

    // GET /applications/{application}/endpoints: get_applications_application_endpoints.
    private static string IdOf(ApiOperation operation) =>
        operation.Method.ToLowerInvariant() + NoWord().Replace(operation.Pattern, "_").TrimEnd('_');

    private static string TagOf(string pattern) =>
        pattern.Split('/').LastOrDefault(static word => Tags.Contains(word)) ?? "others";

    [GeneratedRegex(@"\{(\w+)\}", RegexOptions.CultureInvariant)]
    private static partial Regex Parameter();

    [GeneratedRegex(@"[^A-Za-z0-9]+", RegexOptions.CultureInvariant)]
    private static partial Regex NoWord();
}
