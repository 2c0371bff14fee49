using CsCheck;
using Microsoft.Extensions.Time.Testing;
using Parley.Webhooks.Deliveries;
using Parley.Webhooks.Ids;

namespace Parley.Webhooks.Tests.Ids;

public sealed class IdTests
{
    [Fact]
    public void Text_keeps_the_order_of_ids_and_leads_back_to_them() => Gen.Select(Gen.Byte.Array[16], Gen.Byte.Array[16]).Sample((one, other) =>
    {
        var (first, second) = (new Guid(one, bigEndian: true), new Guid(other, bigEndian: true));
        var (firstText, secondText) = (WebhookId.Format(WebhookId.Message, first), WebhookId.Format(WebhookId.Message, second));

        Assert.True(WebhookId.TryParse(WebhookId.Message, firstText, out var read));
        Assert.Equal(first, read);
        Assert.Equal(Math.Sign(one.AsSpan().SequenceCompareTo(other)), Math.Sign(string.CompareOrdinal(firstText, secondText)));
        Assert.Equal(30, firstText.Length);
    });

    [Theory]
    [InlineData("")]
    [InlineData("msg_")]
    [InlineData("app_00000000000000000000000000")]
    [InlineData("msg_0000000000000000000000000")]
    [InlineData("msg_000000000000000000000000000")]
    [InlineData("msg_0000000000000000000000000U")]
    [InlineData("msg_00000000000000000000000001")] // bits that no id has
    public void What_is_no_id_is_not_read(string text) => Assert.False(WebhookId.TryParse(WebhookId.Message, text, out _));

    [Fact]
    public void Each_is_above_the_one_before_whatever_the_clock_does()
    {
        var time = new FakeTimeProvider(DateTimeOffset.UtcNow);
        var ids = new IdGenerator(time);
        var last = ids.Next();
        for (var index = 0; index < 20_000; index++)
        {
            var next = ids.Next();
            Assert.True(next.CompareTo(last) > 0);
            Assert.Equal(7, next.Version);
            last = next;
        }

        time.AdjustTime(time.GetUtcNow().AddHours(-1));
        Assert.True(ids.Next().CompareTo(last) > 0);
    }

    [Fact]
    public void After_a_restart_each_is_above_those_that_there_are_though_the_clock_was_set_back()
    {
        var time = new FakeTimeProvider(DateTimeOffset.UtcNow);
        var last = new IdGenerator(time).Next();
        time.AdjustTime(time.GetUtcNow().AddHours(-1));
        var ids = new IdGenerator(time);

        ids.StartAfter(last);

        var next = ids.Next();
        Assert.True(next.CompareTo(last) > 0);
        Assert.True(ids.Next().CompareTo(next) > 0);
        ids.StartAfter(last); // which changes nothing any more
        Assert.True(ids.Next().CompareTo(next) > 0);
    }

    [Fact]
    public void A_clock_that_was_far_ahead_is_not_followed()
    {
        var time = new FakeTimeProvider(DateTimeOffset.UtcNow);
        var wrong = new IdGenerator(new FakeTimeProvider(time.GetUtcNow().AddYears(10))).Next();
        var ids = new IdGenerator(time);

        ids.StartAfter(wrong);

        Assert.True(ids.Next().CompareTo(IdGenerator.LowestAt(time.GetUtcNow().AddMilliseconds(1))) < 0);
    }

    [Fact]
    public void An_id_stands_behind_the_lowest_of_its_moment()
    {
        var time = new FakeTimeProvider(DateTimeOffset.FromUnixTimeMilliseconds(1_800_000_000_123));
        var id = new IdGenerator(time).Next();

        Assert.True(id.CompareTo(IdGenerator.LowestAt(time.GetUtcNow())) >= 0);
        Assert.True(id.CompareTo(IdGenerator.LowestAt(time.GetUtcNow().AddMilliseconds(1))) < 0);
    }

    [Fact]
    public void A_delivery_is_named_by_both_its_parts()
    {
        var key = new DeliveryKey(Guid.CreateVersion7(), Guid.CreateVersion7());

        Assert.True(DeliveryKey.TryParse(key.ToString(), out var read));
        Assert.Equal(key, read);
        Assert.False(DeliveryKey.TryParse(key.ToString().AsSpan()[..^1], out _));
    }
}
