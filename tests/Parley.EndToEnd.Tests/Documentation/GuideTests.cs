using System.Text.RegularExpressions;
using Parley.Testing;

namespace Parley.EndToEnd.Tests.Documentation;

/// <summary>Code that guides show is that of the examples, which are compiled and tested.</summary>
public sealed partial class GuideTests
{
    public static TheoryData<string> Guides =>
        [.. Directory.EnumerateFiles(Repository.PathOf("docs", "guides"), "*.md").Select(static path => Path.GetFileName(path))];

    [Theory]
    [MemberData(nameof(Guides))]
    public async Task Code_that_names_a_file_is_part_of_it(string guide)
    {
        var text = await File.ReadAllTextAsync(Repository.PathOf("docs", "guides", guide));

        foreach (Match block in CodeBlock().Matches(text))
        {
            var file = await File.ReadAllTextAsync(Repository.PathOf(block.Groups["file"].Value));
            Assert.Contains(block.Groups["code"].Value, file, StringComparison.Ordinal);
        }
    }

    [Theory]
    [MemberData(nameof(Guides))]
    public async Task CSharp_code_names_the_file_it_is_from(string guide)
    {
        var text = await File.ReadAllTextAsync(Repository.PathOf("docs", "guides", guide));

        Assert.DoesNotMatch(UnnamedCSharpBlock(), text);
    }

    // ```csharp path/of/file.cs
    [GeneratedRegex(@"^```\w+ (?<file>\S+)\n(?<code>.*?)^```$", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex CodeBlock();

    [GeneratedRegex(@"^```csharp$", RegexOptions.Multiline)]
    private static partial Regex UnnamedCSharpBlock();
}
