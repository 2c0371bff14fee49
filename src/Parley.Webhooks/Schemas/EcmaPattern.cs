using System.Text;

namespace Parley.Webhooks.Schemas;

/// <summary>Writes a regular expression of ECMA-262 (with its flag u) as one of .NET that means the same.</summary>
internal static class EcmaPattern
{
    private const string NotLineEnd = @"\n\r\u2028\u2029";

    private static readonly Dictionary<string, string> Categories = new(StringComparer.Ordinal)
    {
        ["Letter"] = "L",
        ["Uppercase_Letter"] = "Lu",
        ["Lowercase_Letter"] = "Ll",
        ["Titlecase_Letter"] = "Lt",
        ["Modifier_Letter"] = "Lm",
        ["Other_Letter"] = "Lo",
        ["Mark"] = "M",
        ["Number"] = "N",
        ["Decimal_Number"] = "Nd",
        ["digit"] = "Nd",
        ["Punctuation"] = "P",
        ["punct"] = "P",
        ["Symbol"] = "S",
        ["Separator"] = "Z",
        ["Space_Separator"] = "Zs",
        ["Other"] = "C",
    };

    private static readonly HashSet<string> ShortCategories = new(StringComparer.Ordinal)
    {
        "L", "Lu", "Ll", "Lt", "Lm", "Lo", "M", "Mn", "Mc", "Me", "N", "Nd", "Nl", "No", "P", "Pc", "Pd", "Ps", "Pe", "Pi", "Pf", "Po", "S", "Sm",
        "Sc", "Sk", "So", "Z", "Zs", "Zl", "Zp", "C", "Cc", "Cf", "Cs", "Co", "Cn",
    };

    /// <exception cref="FormatException">It is none, or one that cannot be written so.</exception>
    public static string Translate(string pattern)
    {
        var text = new StringBuilder(pattern.Length + 16);
        for (var index = 0; index < pattern.Length;)
        {
            switch (pattern[index])
            {
                case '\\':
                    index = Escape(pattern, index, isInClass: false, text);
                    break;
                case '[':
                    index = Class(pattern, index, text);
                    break;
                case '$':
                    // In .NET it also stands before a line end.
                    text.Append(@"\z");
                    index++;
                    break;
                case '.':
                    text.Append("[^").Append(NotLineEnd).Append(']');
                    index++;
                    break;
                default:
                    index = Literal(pattern, index, text);
                    break;
            }
        }

        return text.ToString();
    }

    private static int Literal(string pattern, int index, StringBuilder text)
    {
        if (char.IsHighSurrogate(pattern[index]) && index + 1 < pattern.Length && char.IsLowSurrogate(pattern[index + 1]))
        {
            // A quantifier behind it is for both halves.
            text.Append("(?:").Append(pattern, index, 2).Append(')');
            return index + 2;
        }

        text.Append(pattern[index]);
        return index + 1;
    }

    private static int Class(string pattern, int index, StringBuilder text)
    {
        index++;
        var isNegated = index < pattern.Length && pattern[index] == '^';
        if (isNegated)
            index++;
        if (index < pattern.Length && pattern[index] == ']')
        {
            if (!isNegated)
                throw new FormatException("[] matches nothing");
            text.Append(@"[\s\S]");
            return index + 1;
        }

        text.Append(isNegated ? "[^" : "[");
        while (index < pattern.Length && pattern[index] != ']')
        {
            if (pattern[index] == '\\')
            {
                index = Escape(pattern, index, isInClass: true, text);
                continue;
            }

            if (char.IsSurrogate(pattern[index]))
                throw new FormatException("characters beyond U+FFFF cannot stand in a class");
            // In .NET a class inside a class is taken away from it.
            if (pattern[index] == '[')
                text.Append('\\');
            text.Append(pattern[index]);
            index++;
        }

        if (index == pattern.Length)
            throw new FormatException("[ is not closed");
        text.Append(']');
        return index + 1;
    }

    private static int Escape(string pattern, int index, bool isInClass, StringBuilder text)
    {
        if (index + 1 == pattern.Length)
            throw new FormatException(@"\ stands at the end");
        var kind = pattern[index + 1];
        switch (kind)
        {
            case 'd':
                text.Append(isInClass ? "0-9" : "[0-9]");
                return index + 2;
            case 'D':
                text.Append(isInClass ? @"\x00-/:-\uFFFF" : "[^0-9]");
                return index + 2;
            case 'w':
                text.Append(isInClass ? "A-Za-z0-9_" : "[A-Za-z0-9_]");
                return index + 2;
            case 'W':
                text.Append(isInClass ? @"\x00-/:-@\[-\^`{-\uFFFF" : "[^A-Za-z0-9_]");
                return index + 2;
            case 's':
                text.Append(isInClass ? @"\s\uFEFF" : @"[\s\uFEFF]");
                return index + 2;
            case 'S':
                text.Append(isInClass ? @"\S" : @"[^\s\uFEFF]");
                return index + 2;
            case 'p' or 'P':
                return Category(pattern, index, kind, text);
            case 'u' when index + 2 < pattern.Length && pattern[index + 2] == '{':
                return CodePoint(pattern, index, isInClass, text);
            case 'b' when isInClass:
                text.Append(@"\x08");
                return index + 2;
            case 'u' or 'x' or 'c' or 't' or 'n' or 'v' or 'f' or 'r' or '0':
            case 'b' or 'B' when !isInClass:
                text.Append('\\').Append(kind);
                return index + 2;
            case 'k' or (>= '1' and <= '9'):
                throw new NotSupportedException();
        }

        if (char.IsLetterOrDigit(kind))
            throw new FormatException($@"\{kind} is not known");
        text.Append('\\').Append(kind);
        return index + 2;
    }

    private static int Category(string pattern, int index, char kind, StringBuilder text)
    {
        var end = pattern.IndexOf('}', index);
        var name = end > index + 3 && pattern[index + 2] == '{' ? pattern[(index + 3)..end] : "";
        name = name.StartsWith("General_Category=", StringComparison.Ordinal) ? name["General_Category=".Length..] : name;
        name = name.StartsWith("gc=", StringComparison.Ordinal) ? name["gc=".Length..] : name;
        name = Categories.GetValueOrDefault(name, name);
        if (!ShortCategories.Contains(name))
            throw new FormatException($@"\{kind} wants a general category, as \{kind}{{L}}");
        text.Append('\\').Append(kind).Append('{').Append(name).Append('}');
        return end + 1;
    }

    private static int CodePoint(string pattern, int index, bool isInClass, StringBuilder text)
    {
        var end = pattern.IndexOf('}', index);
        if (end < 0 || end - index - 3 is < 1 or > 6
            || !int.TryParse(pattern.AsSpan((index + 3)..end), System.Globalization.NumberStyles.AllowHexSpecifier, System.Globalization.CultureInfo.InvariantCulture, out var point)
            || point > 0x10FFFF)
        {
            throw new FormatException(@"\u{…} wants a code point");
        }

        if (point <= 0xFFFF)
            text.Append(@"\u").Append(point.ToString("X4", System.Globalization.CultureInfo.InvariantCulture));
        else if (isInClass)
            throw new FormatException("characters beyond U+FFFF cannot stand in a class");
        else
            text.Append("(?:").Append(char.ConvertFromUtf32(point)).Append(')');
        return end + 1;
    }
}
