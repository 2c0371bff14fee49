namespace Parley.Webhooks.Verification.Tests;

public sealed class WebhookIdMemoryTests
{
    private readonly Microsoft.Extensions.Time.Testing.FakeTimeProvider _time = new();

    [Fact]
    public async Task An_id_is_given_out_once()
    {
        var memory = new WebhookIdMemory(time: _time);

        Assert.Equal(WebhookIdClaim.Process, await memory.ClaimAsync("msg_1"));
        Assert.Equal(WebhookIdClaim.InProgress, await memory.ClaimAsync("msg_1"));
        await memory.CompleteAsync("msg_1", processed: true);
        Assert.Equal(WebhookIdClaim.Processed, await memory.ClaimAsync("msg_1"));
        Assert.Equal(WebhookIdClaim.Process, await memory.ClaimAsync("msg_2"));
    }

    [Fact]
    public async Task What_was_not_processed_is_given_out_again()
    {
        var memory = new WebhookIdMemory(time: _time);
        await memory.ClaimAsync("msg_1");

        await memory.CompleteAsync("msg_1", processed: false);

        Assert.Equal(WebhookIdClaim.Process, await memory.ClaimAsync("msg_1"));
    }

    [Fact]
    public async Task The_oldest_are_forgotten_when_it_is_full_or_their_time_is_over()
    {
        var memory = new WebhookIdMemory(capacity: 2, TimeSpan.FromMinutes(10), _time);
        foreach (var id in new[] { "msg_1", "msg_2", "msg_3" })
        {
            await memory.ClaimAsync(id);
            await memory.CompleteAsync(id, processed: true);
        }

        Assert.Equal(WebhookIdClaim.Processed, await memory.ClaimAsync("msg_2"));
        Assert.Equal(WebhookIdClaim.Process, await memory.ClaimAsync("msg_1"));
        _time.Advance(TimeSpan.FromMinutes(10));
        Assert.Equal(WebhookIdClaim.Process, await memory.ClaimAsync("msg_3"));
    }
}
