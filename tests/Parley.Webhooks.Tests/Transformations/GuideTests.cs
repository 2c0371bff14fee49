using System.Text.RegularExpressions;
using Parley.Testing;

namespace Parley.Webhooks.Tests.Transformations;

public sealed partial class GuideTests(SharedPool shared) : IClassFixture<SharedPool>
{
    private const string Payload = """{"order":{"id":"7/1","total":250},"customer":{"name":"Ada"}}""";

    [Fact]
    public async Task The_examples_of_the_guide_do_what_it_says()
    {
        var guide = await File.ReadAllTextAsync(Repository.PathOf("docs", "guides", "transformations.md"));
        var scripts = Script().Matches(guide).Select(static match => match.Groups["code"].Value).ToArray();

        Assert.Equal(2, scripts.Length);
        var text = await shared.Pool.ChangeAsync(scripts[0], Transformers.NewInput(Payload));
        var form = await shared.Pool.ChangeAsync(scripts[1], Transformers.NewInput(Payload));

        Assert.Equal("""{"text":"Order 7/1: 250 EUR from Ada"}""", text.Text());
        Assert.Equal("order=7%2F1&total=250", form.Text());
        Assert.Equal("application/x-www-form-urlencoded", form.Headers["content-type"]);
    }

    [GeneratedRegex(@"^```js\n(?<code>.*?)^```$", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Script();
}
