using Microsoft.Extensions.Options;
using Parley.Webhooks.Api.Models;
using Parley.Webhooks.Deliveries;
using Parley.Webhooks.Endpoints;
using Parley.Webhooks.Ids;
using Parley.Webhooks.Messages;
using Parley.Webhooks.Outbound;
using Parley.Webhooks.Outbound.Probes;

namespace Parley.Webhooks.Api;

/// <summary>Calls that try something out: they keep nothing, and change nothing.</summary>
internal sealed class TrialCalls(
    Calls calls, EndpointRules rules, SampleMessages samples, ExchangeRunner exchanges, RequestTransformer transformer, ProbeGate probes,
    SimulationGate simulations, IOptions<WebhookOptions> options, TimeProvider time)
{
    private const string ExampleUrl = "https://example.com/webhooks";

    /// <summary>By which a receiver tells a test from the real thing.</summary>
    private static readonly KeyValuePair<string, string>[] Mark = [new("webhook-test", "true")];

    /// <summary>Sends an example now, as a delivery would be sent, and answers with the whole exchange.</summary>
    public async Task<ApiAnswer> TestAsync(ApiCall call)
    {
        var endpoint = await calls.EndpointAsync(call);
        var body = await call.ReadAsync(ApiJson.Default.TestBody, options.Value.MaxPayloadBytes);
        if (endpoint.State is EndpointState.Pending)
            throw Calls.EndpointPending();
        var message = await samples.MakeAsync(endpoint.Application, body.EventType, body.Payload, []);
        using var place = probes.Enter(endpoint.Application, endpoint.Id);
        var result = await exchanges.RunAsync(endpoint, message, attempt: 1, Mark, isCurrent: null, call.Aborted);
        var view = TestView.Of(WebhookId.Format(WebhookId.Message, message.Id), message.EventType, result, time.GetUtcNow());
        return ApiAnswer.Of(200, view, ApiJson.Default.TestView);
    }

    /// <summary>Runs a script, and sends nothing.</summary>
    public async Task<ApiAnswer> SimulateAsync(ApiCall call)
    {
        var application = (await calls.ApplicationAsync(call)).Application.Id;
        return await SimulateAsync(call, new Endpoint { Application = application, Url = ExampleUrl });
    }

    /// <summary>Runs an endpoint's script, or another in its place, and sends nothing.</summary>
    public async Task<ApiAnswer> SimulateForEndpointAsync(ApiCall call) => await SimulateAsync(call, await calls.EndpointAsync(call));

    private async Task<ApiAnswer> SimulateAsync(ApiCall call, Endpoint endpoint)
    {
        var body = await call.ReadAsync(ApiJson.Default.SimulationBody, options.Value.MaxPayloadBytes + EndpointRules.MaxScript);
        var errors = new List<FieldError>();
        var script = body.Script ?? endpoint.Transformation;
        if (script is not { Length: > 0 and <= EndpointRules.MaxScript })
            errors.Add(new("/script", $"must have 1 to {EndpointRules.MaxScript} characters"));
        if (body.Attempt is < 1)
            errors.Add(new("/attempt", "must be 1 or more"));
        endpoint = endpoint with
        {
            Transformation = script,
            Url = body.Url is { } url ? rules.Url(url, errors) : endpoint.Url,
            Method = body.Method is { } method ? EndpointRules.Method(method, errors) : endpoint.Method,
        };
        if (errors.Count > 0)
            throw WebhookProblem.Invalid(errors).ToException();
        var message = await samples.MakeAsync(endpoint.Application, body.EventType, body.Payload, body.Channels ?? []);

        using var place = simulations.Enter(endpoint.Application);
        return ApiAnswer.Of(200, await RunAsync(endpoint, message, body.Attempt ?? 1, call.Aborted), ApiJson.Default.SimulationView);
    }

    private async Task<SimulationView> RunAsync(Endpoint endpoint, Message message, int attempt, CancellationToken cancellationToken)
    {
        try
        {
            return await transformer.TransformAsync(endpoint, message, attempt, cancellationToken) is { } draft
                ? new SimulationView("changed", SimulatedWebhookView.Of(draft), null)
                : new SimulationView("cancelled", null, null);
        }
        catch (Exception exception) when (exception is TransformationFailedException or UrlTemplateException)
        {
            return new SimulationView("failed", null, exception.Message);
        }
    }
}
