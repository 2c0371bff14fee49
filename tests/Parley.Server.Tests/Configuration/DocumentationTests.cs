using System.Collections;
using System.Text.RegularExpressions;
using Parley.AspNetCore;
using Parley.Server.Configuration;
using Parley.Testing;

namespace Parley.Server.Tests.Configuration;

public sealed partial class DocumentationTests
{
    [Fact]
    public void The_reference_names_every_key_with_its_default_and_no_key_that_is_not_there()
    {
        var parley = new ParleyOptions { SubscriptionTokens = new() };
        var expected = Keys("Parley", parley).Concat(Keys("Parley", new ServerOptions())).ToDictionary();

        var documented = Row().Matches(File.ReadAllText(Repository.PathOf("docs", "configuration.md")))
            .ToDictionary(row => row.Groups["key"].Value, row => row.Groups["default"].Value.Trim('`'));

        Assert.Equal(expected.Keys.Order(StringComparer.Ordinal), documented.Keys.Order(StringComparer.Ordinal));
        Assert.All(expected, pair => Assert.Contains(documented[pair.Key], pair.Value));
    }

    [Theory]
    [InlineData("docs", "configuration.md")]
    [InlineData("docs", "guides", "server-quickstart.md")]
    public void Every_configuration_that_is_shown_is_good(params string[] document)
    {
        var shown = JsonBlock().Matches(File.ReadAllText(Repository.PathOf(document)));

        Assert.NotEmpty(shown);
        foreach (Match block in shown)
        {
            using var folder = new TestFolder();
            folder.Write("shown.json", block.Groups[1].Value);
            Assert.Empty(ServerSettings.Load(new() { File = folder.File("shown.json") }).Problems);
        }
    }

    /// <summary>Keys with the texts that the document may give as their defaults.</summary>
    private static IEnumerable<KeyValuePair<string, string[]>> Keys(string prefix, object options)
    {
        foreach (var property in options.GetType().GetProperties().Where(property => property.CanWrite))
        {
            var key = $"{prefix}:{property.Name}";
            var value = property.GetValue(options);
            if (value is IDictionary || property.PropertyType.Name.StartsWith("IDictionary", StringComparison.Ordinal))
                continue; // Parley:Channels:Namespaces holds what Parley:Channels:Default does, under names of the user's.
            if (value is null or (IEnumerable and not string))
                yield return new(key, ["none", "generated"]);
            else if (value is string text)
                yield return new(key, [text.Length == 0 ? "empty" : text]);
            else if (value is TimeSpan time)
                yield return new(key, [time.ToString("c")]);
            else if (value is bool truth)
                yield return new(key, [truth ? "true" : "false"]);
            else if (property.PropertyType.IsValueType)
                yield return new(key, [value.ToString()!]);
            else
            {
                foreach (var below in Keys(key, value))
                    yield return below;
            }
        }
    }

    [GeneratedRegex(@"^\| `(?<key>Parley:[\w:]+)` \|[^|]+\| (?<default>[^|]+) \|", RegexOptions.Multiline)]
    private static partial Regex Row();

    [GeneratedRegex("```json\n(.+?)```", RegexOptions.Singleline)]
    private static partial Regex JsonBlock();
}
