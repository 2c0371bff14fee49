using System.Text.Json;
using Parley.Webhooks.Endpoints;

namespace Parley.Webhooks.Api.Models;

/// <summary>How an endpoint is to be verified.</summary>
internal sealed record VerifyBody
{
    /// <summary><c>challenge</c>, <c>ping</c> or <c>cloudEvents</c>. Default: as the application requires, or <c>challenge</c>.</summary>
    public string? Method { get; init; }

    /// <summary>Fills the places of the endpoint's URL, as the payload of a message would. Default: 0 in each.</summary>
    public JsonElement? Payload { get; init; }
}

/// <summary>What came of a verification.</summary>
/// <param name="Verified">Whether this one has proven it.</param>
/// <param name="State">The endpoint's, after it.</param>
/// <param name="Method">Which was used.</param>
/// <param name="Detail">Why it has not.</param>
/// <param name="Exchange">The request and its answer.</param>
internal sealed record VerifyView(bool Verified, string State, string Method, string? Detail, TestView Exchange);

/// <summary>A proof as it is shown.</summary>
internal sealed record VerificationView(string Method, string Origin, DateTimeOffset VerifiedAt, int? AllowedRate)
{
    public static VerificationView? Of(EndpointVerification? verification) => verification is null
        ? null
        : new VerificationView(ApiNames.Of(verification.Method), verification.Origin, verification.VerifiedAt, verification.AllowedRate);
}
