using System.Diagnostics.CodeAnalysis;
using System.Text.RegularExpressions;

namespace Parley.Webhooks.Schemas;

/// <summary>A regular expression of a schema, which takes time in proportion to the text however it is made.</summary>
internal sealed class SchemaPattern
{
    private const int CharactersPerStep = 4;

    // Not reached by what the limits let through; should it be, no request waits for longer.
    private static readonly TimeSpan LongestMatch = TimeSpan.FromSeconds(2);

    private readonly Regex _regex;

    private SchemaPattern(string text, Regex regex) => (Text, _regex) = (text, regex);

    /// <summary>As the schema has it.</summary>
    public string Text { get; }

    public static bool TryCreate(string text, [NotNullWhen(true)] out SchemaPattern? pattern, [NotNullWhen(false)] out string? problem)
    {
        pattern = null;
        problem = null;
        if (text.Length > SchemaLimits.MaxPatternLength)
        {
            problem = $"must have at most {SchemaLimits.MaxPatternLength} characters";
            return false;
        }

        try
        {
            pattern = new SchemaPattern(text, new Regex(EcmaPattern.Translate(text), RegexOptions.NonBacktracking | RegexOptions.CultureInvariant, LongestMatch));
            return true;
        }
        catch (NotSupportedException)
        {
            problem = "is a regular expression that is not allowed here: without look-around and back-references, and without so many repetitions";
        }
        catch (FormatException exception)
        {
            problem = $"is not a regular expression of ECMA-262: {exception.Message}";
        }
        catch (ArgumentException)
        {
            problem = "is not a regular expression of ECMA-262";
        }

        return false;
    }

    public bool IsMatch(SchemaCheck check, string text)
    {
        check.Spend(1 + ((long)text.Length * (16 + Text.Length) / (16 * CharactersPerStep)));
        try
        {
            return _regex.IsMatch(text);
        }
        catch (RegexMatchTimeoutException)
        {
            throw new SchemaCostException("takes longer to check than is allowed");
        }
    }
}
