using Parley.Nodes;

namespace Parley.Tests.Nodes;

public sealed class NodeIdTests
{
    [Fact]
    public void An_id_is_plausible() => Assert.True(NodeId.IsPlausible(NodeId.Create()));

    [Theory]
    [InlineData("")]
    [InlineData("node")]
    [InlineData("*")]
    [InlineData("6F9619FF-8B86-D011-B42D-00CF4FC964FF")]
    [InlineData("{6f9619ff-8b86-d011-b42d-00cf4fc964ff}")]
    [InlineData("6f9619ff8b86d011b42d00cf4fc964ff")]
    [InlineData(" 6f9619ff-8b86-d011-b42d-00cf4fc964ff")]
    [InlineData("6f9619ff-8b86-d011-b42d-00cf4fc964ff\n")]
    [InlineData("6f9619ff-8b86-d011-b42d-00cf4fc964fg")]
    public void Other_texts_are_not(string text) => Assert.False(NodeId.IsPlausible(text));
}
