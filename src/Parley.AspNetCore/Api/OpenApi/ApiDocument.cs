using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Routing;
using Parley.Nodes;

namespace Parley.AspNetCore.Api.OpenApi;

/// <summary>Describes the endpoints of the API that an application has mapped, in the words of OpenAPI 3.1.</summary>
internal sealed class ApiDocument
{
    private const string Description =
        "Publishes, reads presence and history, and steers sessions. Every call is a POST with a JSON object. A success answers `result` "
        + "(a batch just its `replies`), a refusal `error`; both with status 200, unless the header `X-Centrifugo-Error-Mode: transport` asks for a status that fits the "
        + "error. The shape is that of Centrifugo's server API, whose client libraries work.";

    private static readonly JsonSerializerOptions Format = new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private readonly ApiSchemas _schemas = new();

    public static byte[] Serialize(IEnumerable<RouteEndpoint> endpoints) =>
        Encoding.UTF8.GetBytes(new ApiDocument().Build(endpoints).ToJsonString(Format));

    private JsonObject Build(IEnumerable<RouteEndpoint> endpoints)
    {
        var paths = new JsonObject();
        foreach (var endpoint in endpoints)
        {
            var path = "/" + endpoint.RoutePattern.RawText?.Trim('/');
            if (endpoint.Metadata.GetMetadata<ApiMethod>() is { } method)
                paths[path] = new JsonObject { ["post"] = Operation(method) };
            else if (endpoint.Metadata.GetMetadata<LegacyEndpointMetadata>() is not null)
                paths[path] = new JsonObject { ["post"] = LegacyOperation() };
        }

        return new JsonObject
        {
            ["openapi"] = "3.1.1",
            ["info"] = new JsonObject { ["title"] = "Parley server API", ["version"] = Node.Version, ["description"] = Description },
            ["security"] = new JsonArray(new JsonObject { ["apiKey"] = new JsonArray() }, new JsonObject { ["authorization"] = new JsonArray() }),
            ["paths"] = paths,
            ["components"] = new JsonObject
            {
                ["securitySchemes"] = SecuritySchemes(),
                ["parameters"] = new JsonObject { ["ErrorMode"] = ErrorMode() },
                ["responses"] = Responses(),
                ["schemas"] = _schemas.Build(),
            },
        };
    }

    private JsonObject Operation(ApiMethod method)
    {
        var result = _schemas.Reference(method.ResultType);
        var answer = new JsonObject
        {
            ["oneOf"] = new JsonArray(method.HasBareResult ? result : Wrapped("result", result), Wrapped("error", Error())),
        };
        var operation = Operation(method.Name, method.Summary, _schemas.Reference(method.RequestType), method.Example, answer);
        operation["parameters"] = new JsonArray(new JsonObject { ["$ref"] = "#/components/parameters/ErrorMode" });
        return operation;
    }

    private JsonObject LegacyOperation()
    {
        var answer = new JsonObject
        {
            ["type"] = "object",
            ["properties"] = new JsonObject
            {
                ["id"] = new JsonObject { ["type"] = "integer", ["description"] = "As in the command." },
                ["result"] = new JsonObject { ["type"] = "object", ["description"] = "The method's result." },
                ["error"] = Error(),
            },
        };
        return Operation(
            "commands",
            "Carries out commands that name their method in the body, one per line, and answers a line for each. The status is 200 "
            + "whatever becomes of them.",
            _schemas.Reference(ApiJson.Default.LegacyCommand),
            """{"method":"publish","params":{"channel":"chat:index","data":{"text":"hello"}}}""",
            answer);
    }

    private static JsonObject Operation(string id, string summary, JsonObject request, string example, JsonObject answer) => new()
    {
        ["operationId"] = id,
        ["summary"] = summary,
        ["requestBody"] = new JsonObject
        {
            ["required"] = true,
            ["content"] = Json(request, JsonNode.Parse(example)),
        },
        ["responses"] = new JsonObject
        {
            ["200"] = new JsonObject { ["description"] = "What became of the call.", ["content"] = Json(answer) },
            ["400"] = ResponseReference("Unreadable"),
            ["401"] = ResponseReference("Unauthorized"),
            ["403"] = ResponseReference("Forbidden"),
            ["413"] = ResponseReference("TooLarge"),
        },
    };

    private JsonObject Responses() => new()
    {
        ["Unreadable"] = ErrorResponse("The body is not JSON of the method's form; nothing was done."),
        ["Unauthorized"] = ErrorResponse("There is no key, or it is not a configured one."),
        ["Forbidden"] = ErrorResponse("The API is open for development, and the call comes from another host or origin."),
        ["TooLarge"] = ErrorResponse("The body is larger than 16 MiB."),
    };

    private JsonObject ErrorResponse(string description) =>
        new() { ["description"] = description, ["content"] = Json(Wrapped("error", Error())) };

    private JsonObject Error() => _schemas.Reference(ApiJson.Default.ApiError);

    private static JsonObject SecuritySchemes() => new()
    {
        ["apiKey"] = new JsonObject { ["type"] = "apiKey", ["in"] = "header", ["name"] = "X-API-Key" },
        ["authorization"] = new JsonObject
        {
            ["type"] = "apiKey",
            ["in"] = "header",
            ["name"] = "Authorization",
            ["description"] = "The word apikey, a space, and the key.",
        },
    };

    private static JsonObject ErrorMode() => new()
    {
        ["name"] = "X-Centrifugo-Error-Mode",
        ["in"] = "header",
        ["description"] = "With `transport` an error also has a status that fits it: 100 is 500, 101 401, 102 and 104 404, 103 403, 112 416, "
            + "113 409, 111 429, and the others are 400.",
        ["schema"] = new JsonObject { ["type"] = "string", ["enum"] = new JsonArray("transport") },
    };

    private static JsonObject Wrapped(string name, JsonObject schema) => new()
    {
        ["type"] = "object",
        ["required"] = new JsonArray(name),
        ["properties"] = new JsonObject { [name] = schema },
    };

    private static JsonObject Json(JsonObject schema, JsonNode? example = null)
    {
        var content = new JsonObject { ["schema"] = schema };
        if (example is not null)
            content["example"] = example;
        return new JsonObject { ["application/json"] = content };
    }

    private static JsonObject ResponseReference(string name) => new() { ["$ref"] = "#/components/responses/" + name };
}

/// <summary>Marks the endpoint that takes all methods.</summary>
internal sealed class LegacyEndpointMetadata;
