using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography;
using Parley.Webhooks.Deliveries;
using Parley.Webhooks.Outbound.Guard;

namespace Parley.Webhooks.Outbound.Sending;

/// <summary>Says what a failed request died of, in words that a receiver's operator can use.</summary>
internal static class SendFailure
{
    private const int MaxDetail = 500;

    public static (DeliveryError Error, string Detail) Explain(Exception exception)
    {
        for (var cause = exception; cause is not null; cause = cause.InnerException)
        {
            switch (cause)
            {
                case BlockedAddressException:
                    return (DeliveryError.Blocked, cause.Message);
                // With TLS 1.3 a client certificate is judged after the handshake: the refusal comes as an alert instead of an answer.
                case AuthenticationException or CryptographicException:
                    return (DeliveryError.Tls, Cut(cause.GetBaseException().Message));
                case SocketException { SocketErrorCode: SocketError.HostNotFound or SocketError.NoData }:
                    return (DeliveryError.Dns, "the host's name was not found");
                case SocketException { SocketErrorCode: SocketError.TryAgain }:
                    return (DeliveryError.Dns, "the host's name could not be looked up in time");
                // Unwrapped when the receiver resets a connection in the moment in which it is made.
                case SocketException socket when exception is SocketException or HttpRequestException { HttpRequestError: HttpRequestError.ConnectionError }:
                    return (DeliveryError.Connect, Cut(socket.Message));
            }
        }

        return exception is HttpRequestException { HttpRequestError: HttpRequestError.SecureConnectionError }
            ? (DeliveryError.Tls, Cut((exception.InnerException ?? exception).Message))
            : (DeliveryError.Protocol, Cut((exception.InnerException ?? exception).Message));
    }

    private static string Cut(string text) => text.Length > MaxDetail ? text[..MaxDetail] : text;
}
