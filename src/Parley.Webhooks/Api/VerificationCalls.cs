using Microsoft.Extensions.Options;
using Parley.Webhooks.Api.Models;
using Parley.Webhooks.Applications;
using Parley.Webhooks.Endpoints;
using Parley.Webhooks.Ids;
using Parley.Webhooks.Outbound;
using Parley.Webhooks.Outbound.Probes;

namespace Parley.Webhooks.Api;

/// <summary>The call by which the owner of an endpoint's server consents to its webhooks.</summary>
internal sealed class VerificationCalls(
    Calls calls, EndpointCalls endpoints, EndpointVerifier verifier, ProbeGate probes, IOptions<WebhookOptions> options, TimeProvider time)
{
    public async Task<ApiAnswer> VerifyAsync(ApiCall call)
    {
        var application = (await calls.ApplicationAsync(call)).Application;
        var endpoint = await calls.EndpointAsync(call);
        var body = await call.ReadAsync(ApiJson.Default.VerifyBody);
        var method = MethodOf(application, body);
        using var place = probes.Enter(endpoint.Application, endpoint.Id);
        var result = await VerifyAsync(endpoint, method, body, call.Aborted);
        if (result.Refusal is null)
            endpoint = await endpoints.ChangeAsync(call, current => Verified(current, endpoint, method, result));
        var exchange = TestView.Of(WebhookId.Format(WebhookId.Message, result.Message.Id), result.Message.EventType, result.Exchange, time.GetUtcNow());
        return ApiAnswer.Of(
            200, new VerifyView(result.Refusal is null, ApiNames.Of(endpoint.State), ApiNames.Of(method), result.Refusal, exchange), ApiJson.Default.VerifyView);
    }

    private async Task<VerificationResult> VerifyAsync(Endpoint endpoint, VerificationMethod method, VerifyBody body, CancellationToken cancellationToken)
    {
        try
        {
            return await verifier.VerifyAsync(endpoint, method, body.Payload, cancellationToken);
        }
        catch (UrlTemplateException exception)
        {
            throw WebhookProblem.Invalid("/payload", exception.Message).ToException();
        }
    }

    private VerificationMethod MethodOf(Application application, VerifyBody body)
    {
        var required = application.Verification;
        var method = required is VerificationMethod.None ? VerificationMethod.Challenge : required;
        if (body.Method is { } text && (!ApiNames.TryRead(text, out method) || method is VerificationMethod.None))
            throw WebhookProblem.Invalid("/method", "must be one of challenge, ping, cloudEvents").ToException();
        if (required is not VerificationMethod.None && method != required)
            throw WebhookProblem.Invalid("/method", $"must be {ApiNames.Of(required)}, which the application requires").ToException();
        if (method is VerificationMethod.CloudEvents && options.Value.RequestOrigin is null)
            throw WebhookProblem.Invalid("/method", "must be another: this server has no RequestOrigin configured").ToException();
        return method;
    }

    private Endpoint Verified(Endpoint current, Endpoint asked, VerificationMethod method, VerificationResult result)
    {
        var origin = EndpointVerification.OriginOf(asked.Url);
        if (EndpointVerification.OriginOf(current.Url) != origin)
            throw WebhookProblem.Conflict("endpoint_changed", "The endpoint's URL was changed meanwhile. Verify it again.").ToException();
        return current with
        {
            State = current.State is EndpointState.Pending ? EndpointState.Active : current.State,
            Verification = new EndpointVerification
            {
                Method = method,
                Origin = origin,
                VerifiedAt = time.GetUtcNow(),
                AllowedRate = result.AllowedRate,
                RequestOrigin = result.RequestOrigin,
            },
            UpdatedAt = time.GetUtcNow(),
        };
    }
}
