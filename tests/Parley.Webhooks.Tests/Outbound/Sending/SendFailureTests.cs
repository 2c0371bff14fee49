using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography;
using Parley.Webhooks.Deliveries;
using Parley.Webhooks.Outbound.Sending;

namespace Parley.Webhooks.Tests.Outbound.Sending;

public sealed class SendFailureTests
{
    [Fact]
    public void A_client_certificate_that_is_refused_after_the_handshake_is_a_matter_of_tls()
    {
        // As it comes from OpenSSL.
        var refusal = new CryptographicException("error:0A00045C:SSL routines::tlsv13 alert certificate required");

        var failure = SendFailure.Explain(new HttpRequestException("An error occurred", new IOException("The decryption operation failed", refusal)));

        Assert.Equal((DeliveryError.Tls, refusal.Message), failure);
    }

    [Fact]
    public void A_connection_that_is_reset_as_soon_as_it_is_made_is_a_matter_of_connecting()
    {
        // As it comes from the web client, bare.
        var reset = new SocketException((int)SocketError.NotConnected);

        Assert.Equal((DeliveryError.Connect, reset.Message), SendFailure.Explain(reset));
    }

    [Fact]
    public void Of_a_failed_handshake_the_receivers_own_word_is_shown()
    {
        var alert = new CryptographicException("error:0A000418:SSL routines::tlsv1 alert unknown ca");

        var failure = SendFailure.Explain(new HttpRequestException(
            HttpRequestError.SecureConnectionError, "No", new AuthenticationException("See inner", new InvalidOperationException("SSL_ERROR_SSL", alert))));

        Assert.Equal((DeliveryError.Tls, alert.Message), failure);
    }
}
