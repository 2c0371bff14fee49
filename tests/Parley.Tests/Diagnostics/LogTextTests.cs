using Parley.Diagnostics;

namespace Parley.Tests.Diagnostics;

public sealed class LogTextTests
{
    [Theory]
    [InlineData("https://app.example.com", "https://app.example.com")]
    [InlineData("a\r\nb\tc\0d", "a??b?c?d")]
    [InlineData("\u001b[31mred", "?[31mred")]
    [InlineData("\u202eltr\u2028", "?ltr?")]
    [InlineData("Zo\u00eb", "Zo\u00eb")]
    public void Clean_KeepsOnlyWhatCannotChangeALine(string text, string expected) => Assert.Equal(expected, LogText.Clean(text));

    [Fact]
    public void Clean_LongText_IsCut() => Assert.Equal(new string('x', 200) + "...", LogText.Clean(new string('x', 100_000)));
}
