using Parley.Channels;
using Parley.Sessions;

namespace Parley.Tests.Channels;

public sealed class ChannelRulesTests
{
    private static readonly ChannelRules Rules = new(new ChannelsOptions
    {
        Namespaces = new Dictionary<string, ChannelOptions>
        {
            ["chat"] = new() { HistorySize = 5 },
            ["word"] = new() { ChannelPattern = "[a-zé]+" },
        },
    });

    [Theory]
    [InlineData("news", 0)]
    [InlineData("chat:room:1", 5)]
    [InlineData("$chat:secret", 5)]
    [InlineData("$secret", 0)]
    public void Find_GoodName_GivesTheOptionsOfItsNamespace(string channel, int historySize)
    {
        Assert.Null(Rules.Find(channel, out var options));
        Assert.Equal(historySize, options.HistorySize);
    }

    [Theory]
    [InlineData("nope:1")]
    [InlineData("$nope:1")]
    [InlineData(":1")]
    [InlineData("Chat:1")]
    public void Find_UnknownNamespace_Is102(string channel) => Assert.Equal(ClientError.UnknownChannel, Rules.Find(channel, out _));

    [Theory]
    [InlineData("")]
    [InlineData("a\nb")]
    [InlineData("a\r")]
    [InlineData("a\0b")]
    [InlineData("caf\u00e9")]
    [InlineData("a\u202eb")]
    [InlineData("\uff41")]
    [InlineData("word:abc\n")]
    [InlineData("word:abc1")]
    [InlineData("word:")]
    public void Find_BadCharacters_Is107(string channel) => Assert.Equal(ClientError.BadRequest, Rules.Find(channel, out _));

    [Fact]
    public void Find_Pattern_MayAllowOtherLetters() => Assert.Null(Rules.Find("word:caf\u00e9", out _));

    [Fact]
    public void IsTooLong_CountsBytesOfUtf8()
    {
        Assert.False(Rules.IsTooLong(new string('a', 255)));
        Assert.True(Rules.IsTooLong(new string('a', 256)));
        Assert.True(Rules.IsTooLong(new string('\u00e9', 128)));
    }

    [Theory]
    [InlineData("dialog#42", "42", true)]
    [InlineData("dialog#42,43", "43", true)]
    [InlineData("dialog#42,43", "4", false)]
    [InlineData("dialog#42", "", false)]
    [InlineData("dialog#", "", false)]
    [InlineData("a#1#2", "1", false)]
    [InlineData("a#1#2", "2", true)]
    public void IsFor_OnlyTheListedUsers(string channel, string user, bool expected) =>
        Assert.Equal(expected, ChannelRules.IsFor(channel, user));
}
