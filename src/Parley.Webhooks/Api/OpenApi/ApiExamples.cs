using Parley.Webhooks.Deliveries;
using Parley.Webhooks.Ids;

namespace Parley.Webhooks.Api.OpenApi;

/// <summary>One story, told in all examples: Acme gets its invoices.</summary>
internal static class ApiExamples
{
    private const string Time = "2026-11-27T12:00:00+00:00";

    private static readonly Guid EndpointId = new("019ac4c2-9a00-7001-8b3f-5a7d0c1e2f30");
    private static readonly Guid MessageId = new("019ac4c2-9e10-7002-9c4e-6b8e1d2f3041");

    public static string Application { get; } = WebhookId.Format(WebhookId.Application, new Guid("019ac4c2-9600-7000-8a2e-4f6c0b1d2e3f"));

    public static string Endpoint { get; } = WebhookId.Format(WebhookId.Endpoint, EndpointId);

    public static string Message { get; } = WebhookId.Format(WebhookId.Message, MessageId);

    public static string Delivery { get; } = new DeliveryKey(MessageId, EndpointId).ToString();

    public static string Key { get; } = WebhookId.Format(WebhookId.Key, new Guid("019ac4c2-a000-7003-ad5f-7c9f2e304152"));

    public static string Replay { get; } = WebhookId.Format(WebhookId.Replay, new Guid("019ac4c2-b000-7004-be60-8d0a3f415263"));

    public static string ReplayView { get; } = $$"""
        {"id":"{{Replay}}","endpoint":"{{Endpoint}}","scope":"failed","since":"{{Time}}","until":"2026-11-28T12:00:00+00:00","eventType":"invoice.*","channel":"eu","dryRun":false,"state":"running",
         "examined":400,"replayed":398,"createdAt":"2026-11-28T12:00:00+00:00","updatedAt":"2026-11-28T12:00:01+00:00"}
        """;

    public static string ApplicationView { get; } =
        $$"""{"id":"{{Application}}","uid":"acme","name":"Acme","verification":"none","metadata":{"plan":"gold"},"createdAt":"{{Time}}","updatedAt":"{{Time}}"}""";

    public static string EventTypeView { get; } =
        $$"""{"name":"invoice.paid","description":"An invoice was paid.","example":{"invoice":7,"amount":700},"deprecated":false,"createdAt":"{{Time}}","updatedAt":"{{Time}}"}""";

    public static string EndpointView { get; } = $$"""
        {"id":"{{Endpoint}}","uid":"crm","url":"https://acme.example/hooks","description":"CRM","eventTypes":["invoice.*"],"channels":[],"headers":{"X-Env":"***"},
         "authentication":{"kind":"basic","user":"parley"},"method":"POST","signature":{"style":"standard"},"rateLimit":50,"concurrency":10,"ordered":false,"timeout":15,
         "retrySchedule":[5,300,1800],"metadata":{},"state":"active",
         "verification":{"method":"cloudEvents","origin":"https://acme.example","verifiedAt":"{{Time}}","allowedRate":120},"createdAt":"{{Time}}","updatedAt":"{{Time}}"}
        """;

    public static string SecretView { get; } = $$"""
        {"secrets":[{"secret":"whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw","createdAt":"{{Time}}"},
         {"secret":"whsec_c2VjcmV0LXRoYXQtaXMtZ29pbmctYXdheQ==","createdAt":"2026-10-01T08:00:00+00:00","expiresAt":"2026-11-28T12:00:00+00:00"}]}
        """;

    public static string MessageView { get; } = MessageWith(""" "payload":{"invoice":7,"amount":700},""");

    public static string ListedMessageView { get; } = MessageWith("");

    public static string DeliveryView { get; } = $$"""
        {"id":"{{Delivery}}","message":"{{Message}}","endpoint":"{{Endpoint}}","state":"waiting","attempts":1,"nextAttemptAt":"2026-11-27T12:00:05+00:00","lastStatus":503,
         "lastError":"status","createdAt":"{{Time}}","updatedAt":"{{Time}}"}
        """;

    public static string AttemptView { get; } = $$"""
        {"number":1,"startedAt":"{{Time}}","duration":41.5,"trigger":"schedule","status":503,"error":"status","method":"POST","url":"https://acme.example/hooks",
         "requestHeaders":[{"name":"webhook-id","value":"{{Message}}"},{"name":"webhook-timestamp","value":"1795780800"},
           {"name":"webhook-signature","value":"v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="}],
         "responseHeaders":[{"name":"Retry-After","value":"5"}],"responseBody":"busy","responseBodyCut":false}
        """;

    public static string KeyView { get; } = $$"""{"id":"{{Key}}","name":"portal","createdAt":"{{Time}}"}""";

    public static string NewKeyView { get; } =
        $$"""{"id":"{{Key}}","name":"portal","createdAt":"{{Time}}","key":"pwk_3q2-7wAAAABdUuJHcUOgRkNfYnQyMTIzNDU2Nzg5MDE"}""";

    public static string TestView { get; } = Test("invoice.paid", """{\"invoice\":7,\"amount\":700}""", "");

    public static string VerifyView { get; } = $$"""
        {"verified":true,"state":"active","method":"challenge",
         "exchange":{{Test("endpoint.verification", """{\"type\":\"endpoint.verification\",\"timestamp\":\"2026-11-27T12:00:00Z\",\"challenge\":\"q83v\"}""", "q83v")}} }
        """;

    public static string SimulationView { get; } = """
        {"outcome":"changed","webhook":{"url":"https://acme.example/hooks","method":"PUT","headers":{"X-Kind":"invoice.paid"},"contentType":"application/json","body":"{\"sum\":700}"}}
        """;

    public static string KeySet { get; } = $$"""
        {"keys":[{"kty":"OKP","crv":"Ed25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo","use":"sig","alg":"EdDSA",
         "kid":"kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k","whpk":"whpk_11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=","createdAt":"{{Time}}"}]}
        """;

    /// <summary>A page that is not the last one.</summary>
    public static string Page(string item, string next) => $$"""{"data":[{{item}}],"next":"{{next}}"}""";

    private static string MessageWith(string payload) => $$"""
        {"id":"{{Message}}","uid":"invoice-7-paid","eventType":"invoice.paid",{{payload}}"channels":["eu"],"tags":["2026"],"acceptedAt":"{{Time}}","expiresAt":"2026-12-04T12:00:00+00:00"}
        """;

    private static string Test(string type, string body, string answer) => $$"""
        {"id":"{{Message}}","eventType":"{{type}}","outcome":"succeeded","startedAt":"{{Time}}","duration":41.5,
         "request":{"method":"POST","url":"https://acme.example/hooks","headers":[{"name":"webhook-id","value":"{{Message}}"}],"body":"{{body}}","bodyCut":false},
         "response":{"status":200,"headers":[{"name":"Server","value":"acme"}],"body":"{{answer}}","bodyCut":false} }
        """;
}
