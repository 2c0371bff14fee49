namespace Parley.Webhooks.Outbound.Sending;

/// <summary>Sends requests to users' URLs.</summary>
internal interface IRequestSender
{
    /// <summary>Sends one. What goes wrong is in the result; only a cancellation throws.</summary>
    Task<SendResult> SendAsync(OutgoingRequest request, CancellationToken cancellationToken);
}
