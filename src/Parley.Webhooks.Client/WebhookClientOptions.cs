namespace Parley.Webhooks;

/// <summary>Where the Parley server is that takes the messages, and how long it is waited for.</summary>
public sealed class WebhookClientOptions
{
    /// <summary>Address of its webhook API, as <c>http://127.0.0.1:8000/api/webhooks</c>. Must be set.</summary>
    public Uri? Address { get; set; }

    /// <summary>A key of the server (<c>Parley:Api:Keys</c>), or one that was made for the only application that is sent to. Must be set.</summary>
    public string Key { get; set; } = "";

    /// <summary>The longest wait for an answer, 1 second to 5 minutes; then the message is sent again. Default 10 seconds.</summary>
    public TimeSpan Timeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>How often a message is sent before <see cref="IWebhooks.SendAsync"/> gives up, 1 to 10. Default 4.</summary>
    public int MaxAttempts { get; set; } = 4;
}
