using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Parley.Webhooks.Outbox.Tests;

public sealed class WebhookOutboxOptionsTests
{
    [Fact]
    public void Bad_options_are_all_named_with_value_and_remedy()
    {
        var services = new ServiceCollection();
        services.AddWebhookOutbox(static options =>
        {
            options.MaxPayloadBytes = 0;
            options.PollInterval = TimeSpan.Zero;
            options.Concurrency = 1000;
        });

        var exception = Assert.Throws<OptionsValidationException>(() => services.BuildServiceProvider().GetRequiredService<IOptions<WebhookOutboxOptions>>().Value);

        Assert.Equal(
        [
            "WebhookOutboxOptions.MaxPayloadBytes = \"0\": must be 1 to 16777216.",
            "WebhookOutboxOptions.PollInterval = \"00:00:00\": must be 00:00:00.1 to 00:10:00.",
            "WebhookOutboxOptions.Concurrency = \"1000\": must be 1 to 256.",
        ], exception.Failures);
    }
}
