using System.Net;
using Parley.Webhooks.Deliveries;
using Parley.Webhooks.Outbound.Sending;

namespace Parley.Webhooks.Outbound.Tokens;

/// <summary>Sends requests, with an access token where one is wanted, and with a new one when the receiver does not take the first.</summary>
internal sealed class TokenSender(RequestSender sender, TokenCache tokens, TimeProvider time) : IRequestSender
{
    private const string Header = "Authorization";

    public async Task<SendResult> SendAsync(OutgoingRequest request, CancellationToken cancellationToken)
    {
        if (request.Token is not { } settings)
            return await sender.SendAsync(request, cancellationToken);

        var startedAt = time.GetUtcNow();
        var began = time.GetTimestamp();
        var result = await SendAsync(request, settings, cancellationToken);
        return result with { StartedAt = startedAt, Duration = time.GetElapsedTime(began) };
    }

    private async Task<SendResult> SendAsync(OutgoingRequest request, TokenSettings settings, CancellationToken cancellationToken)
    {
        var first = await tokens.GetAsync(settings, refused: null, cancellationToken);
        if (first.Token is null)
            return Failed(first.Failure!);
        var result = await sender.SendAsync(With(request, first.Token), cancellationToken);
        if (result is not { Status: (int)HttpStatusCode.Unauthorized, Error: DeliveryError.Status, Directive: ReceiverDirective.None })
            return result;

        // It may have been revoked, or the receiver's clock may be ahead.
        var second = await tokens.GetAsync(settings, refused: first.Token, cancellationToken);
        if (second.Token is null)
            return Failed(second.Failure! with { Detail = $"the receiver answered 401; {second.Failure.Detail}" });
        var again = await sender.SendAsync(With(request, second.Token), cancellationToken);
        return again.IsOutdated ? result : again;
    }

    private static OutgoingRequest With(OutgoingRequest request, AccessToken token) => request with
    {
        Headers = [.. request.Headers.Where(static header => !header.Key.Equals(Header, StringComparison.OrdinalIgnoreCase)), new(Header, "Bearer " + token.Text)],
        SecretHeaders = new HashSet<string>([.. request.SecretHeaders, Header], StringComparer.OrdinalIgnoreCase),
        Secrets = [.. request.Secrets, token.Text],
    };

    private SendResult Failed(Exchange exchange) => new()
    {
        StartedAt = time.GetUtcNow(),
        Duration = TimeSpan.Zero,
        Error = DeliveryError.Authentication,
        Exchange = exchange,
    };
}
