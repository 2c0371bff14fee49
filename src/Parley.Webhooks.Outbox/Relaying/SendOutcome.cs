using System.Net.Sockets;
using Parley.Webhooks.Outbox.Storage;
using Parley.Webhooks.Storage;

namespace Parley.Webhooks.Outbox.Relaying;

/// <summary>What became of the sending of a row.</summary>
internal enum SendOutcome
{
    /// <summary>Accepted; the row can go.</summary>
    Accepted,

    /// <summary>Accepted before: a relay ended between sending and deleting.</summary>
    Duplicate,

    /// <summary>It would be refused again and again.</summary>
    Refused,

    /// <summary>This message not now; its application's rows wait behind it.</summary>
    Later,

    /// <summary>Nobody foresaw this failure. Like <see cref="Later"/>, but not without end.</summary>
    Unforeseen,

    /// <summary>No message now.</summary>
    Unavailable,
}

/// <summary>What failures mean for a row.</summary>
internal static class SendFailures
{
    public static SendOutcome Judge(Exception exception) => exception switch
    {
        // A key that is not taken says nothing of the message: it waits until the key is set right.
        WebhookException { Problem.Status: 401 or 403 } => SendOutcome.Unavailable,
        WebhookException { Problem.Status: 408 or 429 } => SendOutcome.Later,
        WebhookException { Problem.Status: >= 500 } => SendOutcome.Unforeseen,
        WebhookException => SendOutcome.Refused,
        WebhookStoreException or HttpRequestException or SocketException or IOException or TimeoutException or OperationCanceledException =>
            SendOutcome.Unavailable,
        _ => SendOutcome.Unforeseen,
    };

    /// <summary>As it stands in the column <c>error</c>.</summary>
    public static string Describe(Exception exception)
    {
        var text = exception switch
        {
            WebhookException webhook => $"{webhook.Code}: {webhook.Message}",
            WebhookStoreException store => $"{store.Problem.ToString().ToLowerInvariant()}: {store.Message}",
            _ => $"{exception.GetType().Name}: {exception.Message}",
        };
        return text.Length <= OutboxNames.MaxError ? text : text[..OutboxNames.MaxError];
    }
}
