using System.Text.Json.Nodes;

namespace Parley.Webhooks.Api.OpenApi;

/// <summary>What stands in addresses and headers. A name that is not here makes a test fail.</summary>
internal static class ApiParameters
{
    private static readonly Dictionary<string, (string Description, string Example)> InPath = new()
    {
        ["application"] = ("Id (`app_…`) or uid.", "acme"),
        ["endpoint"] = ("Id (`ep_…`) or uid.", ApiExamples.Endpoint),
        ["message"] = ("Id (`msg_…`).", ApiExamples.Message),
        ["delivery"] = ("Id (`dlv_…`).", ApiExamples.Delivery),
        ["replay"] = ("Id (`rpl_…`).", ApiExamples.Replay),
        ["key"] = ("Id (`key_…`).", ApiExamples.Key),
        ["name"] = ("Of the event type.", "invoice.paid"),
    };

    private static readonly Dictionary<string, (string Description, string Type, string? Format)> InQuery = new()
    {
        ["limit"] = ("How many a page has, 1 to 250. Default 50.", "integer", null),
        ["cursor"] = ("The `next` of the page before.", "string", null),
        ["since"] = ("Of messages accepted at or after.", "string", "date-time"),
        ["until"] = ("Of messages accepted before.", "string", "date-time"),
        ["eventType"] = ("Only of this event type.", "string", null),
        ["channel"] = ("Only those with this channel.", "string", null),
        ["tag"] = ("Only those with this tag.", "string", null),
        ["state"] = ("Only those in this state: `pending`, `sending`, `waiting`, `succeeded`, `failed` or `cancelled`.", "string", null),
    };

    public static JsonObject Path(string name) => new()
    {
        ["name"] = name,
        ["in"] = "path",
        ["required"] = true,
        ["description"] = InPath.GetValueOrDefault(name).Description,
        ["schema"] = new JsonObject { ["type"] = "string" },
        ["example"] = InPath.GetValueOrDefault(name).Example,
    };

    public static JsonObject Query(string name)
    {
        var (description, type, format) = InQuery.GetValueOrDefault(name, ("", "string", null));
        var schema = new JsonObject { ["type"] = type };
        if (format is not null)
            schema["format"] = format;
        return new JsonObject { ["name"] = name, ["in"] = "query", ["description"] = description, ["schema"] = schema };
    }

    public static JsonObject IdempotencyKey() => new()
    {
        ["name"] = "Idempotency-Key",
        ["in"] = "header",
        ["description"] = "For 24 hours the same request with it is answered as the first one was, and not done again.",
        ["schema"] = new JsonObject { ["type"] = "string", ["minLength"] = 1, ["maxLength"] = 256, ["pattern"] = "^[!-~]+$" },
    };

    public static JsonObject Replayed() => new()
    {
        ["description"] = "`true` when it is the answer to an earlier call with the `Idempotency-Key`.",
        ["schema"] = new JsonObject { ["type"] = "string", ["const"] = "true" },
    };

    public static JsonObject Challenge() => new()
    {
        ["description"] = "By which schemes of `Authorization` a caller can say who it is, beside `X-API-Key`.",
        ["schema"] = new JsonObject { ["type"] = "string" },
    };
}
