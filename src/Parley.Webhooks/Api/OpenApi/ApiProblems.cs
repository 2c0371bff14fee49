namespace Parley.Webhooks.Api.OpenApi;

/// <summary>What statuses mean.</summary>
internal static class ApiProblems
{
    /// <summary>Of success.</summary>
    public static IReadOnlyDictionary<int, string> Successes { get; } = new Dictionary<int, string>
    {
        [200] = "Done; as it is now.",
        [201] = "Made.",
        [202] = "Accepted: it is on disk, and happens.",
        [204] = "Gone.",
        [304] = "As in the answer with this ETag.",
    };

    /// <summary>Of failure, each with a code and a detail as an example.</summary>
    public static IReadOnlyDictionary<int, (string Description, string Code, string Detail)> All { get; } = new Dictionary<int, (string, string, string)>
    {
        [400] = ("The body is not JSON of this call, or the `Idempotency-Key` is none (`invalid_idempotency_key`).", "invalid_json", "The body has something at $.urll that does not belong there."),
        [401] = ("There is no key, or none that is known.", "unauthorized", "No valid key in the header X-API-Key or Authorization: Bearer KEY."),
        [403] = ("Only operators may do this.", "forbidden", "Keys of applications may not do this."),
        [404] = ("It does not exist, or belongs to an application that the key does not open.", "not_found", "There is no such endpoint."),
        [409] = ("It does not go with what there is, or a call with the `Idempotency-Key` is under way (`idempotency_key_in_use`).", "uid_taken", "Another endpoint of the application has this uid."),
        [413] = ("The body is too large.", "too_large", "The body is larger than 65536 bytes."),
        [415] = ("The body is not declared as JSON.", "unsupported_media_type", "Send application/json."),
        [422] = ("Something in the request cannot be; `errors` says what. Or the `Idempotency-Key` came with another request (`idempotency_key_reused`).", "invalid", "/url: is missing."),
        [429] = ("Too many at once; `Retry-After` says when to try again.", "too_many_requests", "An application may have 60 a minute."),
        [500] = ("A fault of this server.", "internal", "Something went wrong here."),
        [503] = ("The store does not answer now. Send it again.", "storage_unavailable", "It cannot be stored now. Send it again, with the same uid or Idempotency-Key."),
        [507] = ("The disk is full. Nothing was stored.", "storage_full", "No space is left to keep it. Nothing was stored."),
    };

    public static int StatusOf(string code) => All.First(one => one.Value.Code == code).Key;
}
