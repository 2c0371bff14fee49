using Parley.Webhooks.Deliveries;
using Parley.Webhooks.Storage;

namespace Parley.Specifications.Webhooks;

/// <summary>Lists in which few of many rows are wanted: of eight messages, the oldest one.</summary>
public abstract partial class WebhookStoreSpecification
{
    private const int Examined = 3;

    [Fact]
    public async Task A_page_of_messages_ends_when_enough_was_looked_at_and_says_where_to_go_on()
    {
        var messages = await AcceptEightAsync();
        await ReopenAsync(Examined);
        var query = new MessageQuery { Application = _application, Tag = "rare", Limit = 5 };

        var first = await _store.ListMessagesAsync(query);
        var second = await _store.ListMessagesAsync(query with { Cursor = first.Next });
        var third = await _store.ListMessagesAsync(query with { Cursor = second.Next });

        Assert.Equal((0, messages[5]), (first.Items.Count, first.Next));
        Assert.Equal((0, messages[2]), (second.Items.Count, second.Next));
        Assert.Equal(messages[0], Assert.Single(third.Items).Id);
        Assert.Null(third.Next);
    }

    [Theory]
    [InlineData(nameof(DeliveryState.Waiting), 0)] // which is outstanding, as all the others
    [InlineData(nameof(DeliveryState.Cancelled), 7)] // which is final, as all the others
    public async Task A_page_of_deliveries_ends_when_enough_was_looked_at_and_says_where_to_go_on(string name, int othersEnded)
    {
        var state = Enum.Parse<DeliveryState>(name);
        var endpoint = await AddEndpointAsync();
        var messages = await AcceptEightAsync(endpoint);
        foreach (var claimed in (await ClaimAsync(endpoint, limit: 1 + othersEnded)).Deliveries)
        {
            var isWanted = claimed.Delivery.Key.Message == messages[0];
            Assert.True(await CompleteAsync(
                claimed.Delivery, isWanted ? state : DeliveryState.Succeeded, isWanted && state is DeliveryState.Waiting ? TimeSpan.FromHours(1) : null));
        }

        await ReopenAsync(Examined);
        var query = new DeliveryQuery { Endpoint = endpoint, State = state, Limit = 5 };

        var first = await _store.ListDeliveriesAsync(query);
        var second = await _store.ListDeliveriesAsync(query with { Cursor = first.Next });
        var third = await _store.ListDeliveriesAsync(query with { Cursor = second.Next });

        Assert.Equal((0, messages[5]), (first.Items.Count, first.Next!.Value.Message));
        Assert.Equal((0, messages[2]), (second.Items.Count, second.Next!.Value.Message));
        Assert.Equal(messages[0], Assert.Single(third.Items).Key.Message);
        Assert.Null(third.Next);
    }

    [Fact]
    public async Task A_page_goes_on_behind_what_it_has_until_it_is_full()
    {
        var messages = await AcceptEightAsync();
        var query = new MessageQuery { Application = _application, Tag = "rare", Limit = 1 };

        var page = await _store.ListMessagesAsync(query);

        Assert.Equal(messages[0], Assert.Single(page.Items).Id);
        Assert.Null(page.Next);
    }

    private async Task<List<Guid>> AcceptEightAsync(params Guid[] endpoints)
    {
        var messages = new List<Guid>();
        for (var index = 0; index < 8; index++)
        {
            var message = NewMessage() with { Tags = index == 0 ? ["rare"] : [] };
            await AcceptAsync(message, endpoints);
            messages.Add(message.Id);
            _time.Advance(TimeSpan.FromMilliseconds(1));
        }

        return messages;
    }
}
