using System.Text.Json.Serialization.Metadata;
using static Parley.Webhooks.Api.OpenApi.ApiExamples;

namespace Parley.Webhooks.Api.OpenApi;

/// <summary>What the document says of each route. A route that is missing here makes a test fail.</summary>
internal static class ApiOperations
{
    /// <summary>The route of the public keys, below no prefix of the API.</summary>
    public const string Keys = "/webhook-keys/{application}/{endpoint}";

    private const string OneApplication = "/applications/{application}";
    private const string OneEndpoint = OneApplication + "/endpoints/{endpoint}";
    private const string OneMessage = OneApplication + "/messages/{message}";
    private const string OneDelivery = OneApplication + "/deliveries/{delivery}";
    private const int Conflict = 409;
    private const int TooMany = 429;

    private static readonly string[] Paging = ["limit", "cursor"];
    private static readonly string[] OfDeliveries = ["limit", "cursor", "state", "since", "until"];

    private static readonly ApiJson Json = ApiJson.Default;

    private static readonly Dictionary<(string Method, string Pattern), ApiOperation> All = new[]
    {
        new ApiOperation("POST", "/applications", "Makes an application.")
        {
            Request = new(Json.ApplicationBody, """{"uid":"acme","name":"Acme","verification":"none","metadata":{"plan":"gold"}}"""),
            Answers = Of(201, Json.ApplicationView, ApplicationView),
            Refusals = [Conflict],
            IsForOperators = true,
        },
        new("GET", "/applications", "Lists applications, oldest first.")
        {
            Answers = Of(200, Json.ListViewApplicationView, Page(ApplicationView, Application)),
            Query = Paging,
            IsForOperators = true,
        },
        new("GET", OneApplication, "Shows an application.") { Answers = Of(200, Json.ApplicationView, ApplicationView) },
        new("PUT", OneApplication, "Makes the application with a uid, or changes it.")
        {
            Request = new(Json.ApplicationBody, """{"name":"Acme"}"""),
            Answers = new Dictionary<int, ApiContent?> { [200] = new(Json.ApplicationView, ApplicationView), [201] = new(Json.ApplicationView, ApplicationView) },
            Refusals = [Conflict],
            IsForOperators = true,
        },
        new("PATCH", OneApplication, "Changes the fields of an application that are named.")
        {
            Request = new(Json.ApplicationBody, """{"verification":"challenge"}"""),
            Answers = Of(200, Json.ApplicationView, ApplicationView.Replace("\"none\"", "\"challenge\"", StringComparison.Ordinal)),
            Refusals = [Conflict],
            IsForOperators = true,
        },
        new("DELETE", OneApplication, "Removes an application with its endpoints and keys. What waits is cancelled.") { Answers = Nothing(), IsForOperators = true },
        new("POST", OneApplication + "/keys", "Makes a key that opens this application only. It is shown once.")
        {
            Request = new(Json.KeyBody, """{"name":"portal"}"""),
            Answers = Of(201, Json.NewKeyView, NewKeyView),
            IsForOperators = true,
        },
        new("GET", OneApplication + "/keys", "Lists the keys of an application, without themselves.")
        {
            Answers = Of(200, Json.ListViewKeyView, Page(KeyView, Key)),
            Query = Paging,
            IsForOperators = true,
        },
        new("DELETE", OneApplication + "/keys/{key}", "Removes a key, which opens nothing from then on.") { Answers = Nothing(), IsForOperators = true },

        new("POST", "/event-types", "Documents an event type.")
        {
            Request = new(Json.EventTypeBody, """{"name":"invoice.paid","description":"An invoice was paid.","example":{"invoice":7,"amount":700}}"""),
            Answers = Of(201, Json.EventTypeView, EventTypeView),
            Refusals = [Conflict],
            IsForOperators = true,
        },
        new("GET", "/event-types", "Lists event types.") { Answers = Of(200, Json.ListViewEventTypeView, Page(EventTypeView, "invoice.paid")), Query = Paging },
        new("GET", "/event-types/{name}", "Shows an event type.") { Answers = Of(200, Json.EventTypeView, EventTypeView) },
        new("PUT", "/event-types/{name}", "Makes the event type with a name, or replaces it.")
        {
            Request = new(Json.EventTypeBody, """{"description":"An invoice was paid.","example":{"invoice":7,"amount":700}}"""),
            Answers = new Dictionary<int, ApiContent?> { [200] = new(Json.EventTypeView, EventTypeView), [201] = new(Json.EventTypeView, EventTypeView) },
            IsForOperators = true,
        },
        new("DELETE", "/event-types/{name}", "Removes an event type. Messages of it are accepted all the same.") { Answers = Nothing(), IsForOperators = true },

        new("POST", OneApplication + "/endpoints", "Registers an endpoint.")
        {
            Request = new(Json.EndpointBody, """
                {"uid":"crm","url":"https://acme.example/hooks","description":"CRM","eventTypes":["invoice.*"],"headers":{"X-Env":"live"},
                 "authentication":{"kind":"basic","user":"parley","password":"correct horse"},"rateLimit":50,"retrySchedule":[5,300,1800]}
                """),
            Answers = Of(201, Json.EndpointView, EndpointView),
            Refusals = [Conflict],
        },
        new("GET", OneApplication + "/endpoints", "Lists the endpoints of an application, oldest first.")
        {
            Answers = Of(200, Json.ListViewEndpointView, Page(EndpointView, Endpoint)),
            Query = Paging,
        },
        new("GET", OneEndpoint, "Shows an endpoint, without its secrets.") { Answers = Of(200, Json.EndpointView, EndpointView) },
        new("PATCH", OneEndpoint, "Changes the fields of an endpoint that are named; null brings back a default.")
        {
            Request = new(Json.EndpointBody, """{"rateLimit":null,"signature":{"style":"stripe"},"disabled":false}"""),
            Answers = Of(200, Json.EndpointView, EndpointView),
            Refusals = [Conflict],
        },
        new("DELETE", OneEndpoint, "Removes an endpoint. What waits is cancelled.") { Answers = Nothing() },
        new("GET", OneEndpoint + "/secret", "Shows what the receiver verifies with, newest first.") { Answers = Of(200, Json.SecretView, SecretView) },
        new("POST", OneEndpoint + "/secret/rotate", "Signs with a new secret, and with the old ones for a while.")
        {
            Request = new(Json.RotationBody, """{"overlap":86400}"""),
            Answers = Of(200, Json.SecretView, SecretView),
        },
        new("POST", OneEndpoint + "/verify", "Asks the receiver now whether it wants what is sent here.")
        {
            Request = new(Json.VerifyBody, """{"method":"challenge","payload":{"order":{"id":7}}}"""),
            Answers = Of(200, Json.VerifyView, VerifyView),
            Refusals = [Conflict, TooMany],
        },
        new("POST", OneEndpoint + "/test", "Sends an example of an event type now, and answers with the whole exchange. Nothing is kept.")
        {
            Request = new(Json.TestBody, """{"eventType":"invoice.paid"}"""),
            Answers = Of(200, Json.TestView, TestView),
            Refusals = [Conflict, TooMany],
        },
        new("POST", OneEndpoint + "/transform/simulate", "Runs the endpoint's script, or another in its place. Nothing is sent.")
        {
            Request = new(Json.SimulationBody, """{"eventType":"invoice.paid","payload":{"invoice":7,"amount":700},"attempt":1}"""),
            Answers = Of(200, Json.SimulationView, SimulationView),
            Refusals = [TooMany],
        },
        new("POST", OneApplication + "/transform/simulate", "Runs a script. Nothing is sent.")
        {
            Request = new(Json.SimulationBody, """
                {"script":"function transform(w) { w.method = 'PUT'; return w; }","eventType":"invoice.paid","payload":{"invoice":7},"url":"https://acme.example/hooks",
                 "method":"POST","channels":["eu"],"attempt":1}
                """),
            Answers = Of(200, Json.SimulationView, SimulationView),
            Refusals = [TooMany],
        },
        new("POST", OneEndpoint + "/replays",
            "Sends again what `failed`, what is `missing` (also what was cancelled because the endpoint was disabled or pending), or `all`: a job that survives restarts.")
        {
            Request = new(Json.ReplayBody, """{"scope":"failed","since":"2026-11-27T12:00:00+00:00","until":"2026-11-28T12:00:00+00:00","eventType":"invoice.*","channel":"eu","dryRun":false}"""),
            Answers = Of(202, Json.ReplayView, ReplayView),
            Refusals = [Conflict],
        },
        new("GET", OneEndpoint + "/replays", "Lists the replays of an endpoint, oldest first.")
        {
            Answers = Of(200, Json.ListViewReplayView, Page(ReplayView, Replay)),
            Query = Paging,
        },
        new("GET", OneEndpoint + "/replays/{replay}", "Shows a replay and how far it is.") { Answers = Of(200, Json.ReplayView, ReplayView) },
        new("POST", OneEndpoint + "/replays/{replay}/cancel", "Ends a replay. What it has done stays.")
        {
            Answers = Of(200, Json.ReplayView, ReplayView.Replace("running", "cancelled", StringComparison.Ordinal)),
        },
        new("GET", OneEndpoint + "/deliveries", "Lists the deliveries of an endpoint, newest first; those `failed` are the dead letter.")
        {
            Answers = Of(200, Json.ListViewDeliveryView, Page(DeliveryView, Delivery)),
            Query = OfDeliveries,
        },

        new("POST", OneApplication + "/messages", "Accepts a message, and brings it to every endpoint that wants it.")
        {
            Request = new(Json.MessageBody, """
                {"eventType":"invoice.paid","payload":{"invoice":7,"amount":700},"uid":"invoice-7-paid","channels":["eu"],"tags":["2026"],"expiresAt":"2026-12-04T12:00:00+00:00"}
                """),
            Answers = Of(202, Json.ReceiptView, $$"""{"id":"{{Message}}","duplicate":false}"""),
        },
        new("GET", OneApplication + "/messages", "Lists the messages of an application, newest first, without their payloads.")
        {
            Answers = Of(200, Json.ListViewMessageView, Page(ListedMessageView, Message)),
            Query = [.. Paging, "eventType", "channel", "tag", "since", "until"],
        },
        new("GET", OneMessage, "Shows a message.") { Answers = Of(200, Json.MessageView, MessageView) },
        new("GET", OneMessage + "/deliveries", "Lists the deliveries of a message.")
        {
            Answers = Of(200, Json.ListViewDeliveryView, Page(DeliveryView, Delivery)),
            Query = OfDeliveries,
        },
        new("GET", OneDelivery, "Shows a delivery.") { Answers = Of(200, Json.DeliveryView, DeliveryView) },
        new("GET", OneDelivery + "/attempts", "Lists the attempts of a delivery, newest first, with their answers.")
        {
            Answers = Of(200, Json.ListViewAttemptView, Page(AttemptView, "1")),
            Query = Paging,
        },
        new("POST", OneDelivery + "/retry", "Tries a delivery again, now.")
        {
            Answers = Of(202, Json.DeliveryView, DeliveryView),
            Refusals = [Conflict],
        },

        new("GET", Keys, "Shows the public keys that verify what is sent to an endpoint.")
        {
            Answers = new Dictionary<int, ApiContent?> { [200] = new(KeySetJson.Default.KeySetView, KeySet, "application/jwk-set+json"), [304] = null },
            IsPublic = true,
        },
    }.ToDictionary(static operation => (operation.Method, operation.Pattern));

    public static ApiOperation? Find(string method, string pattern) => All.GetValueOrDefault((method, pattern));

    private static Dictionary<int, ApiContent?> Of(int status, JsonTypeInfo type, string example) => new() { [status] = new(type, example) };

    private static Dictionary<int, ApiContent?> Nothing() => new() { [204] = null };
}
