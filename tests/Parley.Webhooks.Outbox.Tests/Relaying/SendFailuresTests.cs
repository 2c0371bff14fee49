using System.Net.Sockets;
using Parley.Webhooks.Outbox.Relaying;
using Parley.Webhooks.Storage;

namespace Parley.Webhooks.Outbox.Tests.Relaying;

public sealed class SendFailuresTests
{
    public static TheoryData<Exception> OfTheWay =>
    [
        new WebhookStoreException(WebhookStoreProblem.Unavailable, "Not now."),
        new HttpRequestException("refused"),
        new SocketException((int)SocketError.NotConnected), // as the web client has it when a connection is reset while it is made
        new IOException("cut"),
        new TimeoutException(),
        new TaskCanceledException(),
    ];

    [Theory]
    [MemberData(nameof(OfTheWay), DisableDiscoveryEnumeration = true)]
    public void A_failure_on_the_way_says_nothing_of_the_message(Exception exception) =>
        Assert.Equal(SendOutcome.Unavailable, SendFailures.Judge(exception));

    [Fact]
    public void A_failure_that_nobody_foresaw_is_not_tried_without_end() =>
        Assert.Equal(SendOutcome.Unforeseen, SendFailures.Judge(new InvalidOperationException("bug")));
}
