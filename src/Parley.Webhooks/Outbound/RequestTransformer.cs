using System.Text.Json;
using Parley.Webhooks.Deliveries;
using Parley.Webhooks.Endpoints;
using Parley.Webhooks.Ids;
using Parley.Webhooks.Outbound.Guard;
using Parley.Webhooks.Transformations;

namespace Parley.Webhooks.Outbound;

/// <summary>Has an endpoint's script change a webhook, within what an endpoint could have said itself.</summary>
internal sealed class RequestTransformer(ITransformer transformer, AddressPolicy policy, bool httpsOnly)
{
    private const string ContentType = "content-type";

    /// <summary>The request of a message of this server's own, which no script sees.</summary>
    /// <param name="endpoint">Where to.</param>
    /// <param name="message">What.</param>
    /// <param name="sample">What stands in the places of the endpoint's URL; null: something that most receivers take.</param>
    /// <exception cref="UrlTemplateException">The sample does not fill the endpoint's URL.</exception>
    public RequestDraft Draft(Endpoint endpoint, Message message, JsonElement? sample)
    {
        var draft = RequestDraft.Of(endpoint, message);
        return UrlTemplate.Is(endpoint.Url) ? draft with { Url = UrlTemplate.FillSample(endpoint.Url, message, sample, policy, httpsOnly) } : draft;
    }

    /// <returns>The request; null when the script cancelled it.</returns>
    /// <exception cref="UrlTemplateException">The message does not fill the endpoint's URL.</exception>
    /// <exception cref="TransformationFailedException">The script failed, or gave what may not be sent.</exception>
    public async ValueTask<RequestDraft?> TransformAsync(
        Endpoint endpoint, Message message, int attempt, CancellationToken cancellationToken)
    {
        var draft = RequestDraft.Of(endpoint, message);
        if (UrlTemplate.Is(endpoint.Url))
            draft = draft with { Url = UrlTemplate.Fill(endpoint.Url, message, policy, httpsOnly) };
        if (endpoint.Transformation is not { } script)
            return draft;

        // Headers of the endpoint may be secret, and are added to what the script gives.
        var input = new TransformationInput(
            WebhookId.Format(WebhookId.Message, message.Id), message.EventType, draft.Url.OriginalString, endpoint.Method, draft.Headers, message.Payload,
            [.. message.Channels], attempt);
        switch (await transformer.TransformAsync(script, input, cancellationToken))
        {
            case TransformationResult.Changed changed:
                if (!TargetUrl.TryRead(changed.Url, policy, httpsOnly, out var url, out var problem))
                    throw new TransformationFailedException(TransformationErrors.InvalidResult, $"url {problem}");
                if (!AllowedMethods.Contain(changed.Method))
                    throw new TransformationFailedException(TransformationErrors.InvalidResult, $"method must be one of {AllowedMethods.All}");
                if (changed.Headers.Keys.FirstOrDefault(static name => !name.Equals(ContentType, StringComparison.OrdinalIgnoreCase) && ReservedHeaders.Contain(name)) is { } reserved)
                    throw new TransformationFailedException(TransformationErrors.InvalidResult, $"the header {reserved} cannot be set");
                var type = changed.Headers.FirstOrDefault(static header => header.Key.Equals(ContentType, StringComparison.OrdinalIgnoreCase)).Value;
                return draft with
                {
                    Url = url,
                    Method = changed.Method,
                    Headers = changed.Headers.Where(static header => !header.Key.Equals(ContentType, StringComparison.OrdinalIgnoreCase)).ToDictionary(),
                    ContentType = type ?? (changed.IsRawBody ? "text/plain; charset=utf-8" : RequestDraft.Json),
                    Body = changed.Body,
                };
            case TransformationResult.Failed failed:
                throw new TransformationFailedException(failed.Code, failed.Message);
            default:
                return null;
        }
    }
}

/// <summary>A script did not give a request.</summary>
internal sealed class TransformationFailedException(string code, string message) : Exception($"{code}: {message}")
{
    /// <summary>Whether the script is not at fault.</summary>
    public bool IsOfThisServer => code == TransformationErrors.WorkerUnavailable;
}
