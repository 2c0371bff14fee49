using Parley.Server.Commands;

namespace Parley.Server.Tests.Commands;

public sealed class TokenTimeTests
{
    private static readonly DateTimeOffset Now = new(2026, 6, 1, 12, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData("90s", 90)]
    [InlineData("15m", 15 * 60)]
    [InlineData("1h", 3_600)]
    [InlineData("7d", 7 * 86_400)]
    public void ParseLifetime_takes_a_number_with_a_unit(string text, int seconds)
        => Assert.Equal(TimeSpan.FromSeconds(seconds), TokenTime.ParseLifetime(text));

    [Fact]
    public void ParseLifetime_of_never_is_infinite() => Assert.Equal(Timeout.InfiniteTimeSpan, TokenTime.ParseLifetime("never"));

    [Theory]
    [InlineData("")]
    [InlineData("5")]
    [InlineData("h")]
    [InlineData("0s")]
    [InlineData("-1h")]
    [InlineData("1.5h")]
    [InlineData("1w")]
    [InlineData("36501d")]
    [InlineData("2147483647d")]
    [InlineData("99999999999d")]
    public void ParseLifetime_of_anything_else_is_refused(string text)
        => Assert.Throws<FormatException>(() => TokenTime.ParseLifetime(text));

    [Theory]
    [InlineData("1780315201")]
    [InlineData("2026-06-01T12:00:01Z")]
    [InlineData("2026-06-01T14:00:01+02:00")]
    [InlineData("2026-06-01 12:00:01")]
    public void ParseMoment_takes_seconds_and_iso_times_and_without_a_zone_means_utc(string text)
        => Assert.Equal(Now.AddSeconds(1), TokenTime.ParseMoment(text, Now));

    [Theory]
    [InlineData("never")]
    [InlineData("0")]
    public void ParseMoment_of_never_is_never(string text) => Assert.Equal(TokenTime.Never, TokenTime.ParseMoment(text, Now));

    [Theory]
    [InlineData("tomorrow")]
    [InlineData("-5")]
    [InlineData("2026-06-01T12:00:00Z")]
    [InlineData("1")]
    [InlineData("999999999999999")]
    public void ParseMoment_of_anything_else_or_of_the_past_is_refused(string text)
        => Assert.Throws<FormatException>(() => TokenTime.ParseMoment(text, Now));
}
