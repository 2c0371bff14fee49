using System.Text;
using System.Text.Json;
using Parley.Webhooks.Deliveries;
using Parley.Webhooks.Ids;
using Parley.Webhooks.Outbound.Guard;

namespace Parley.Webhooks.Outbound;

/// <summary>A URL with places that each message fills: <c>https://example.com/orders/{payload.order.id}</c>.</summary>
internal static class UrlTemplate
{
    private const int MaxPlaces = 16;
    private const int MaxSteps = 16;
    private const int MaxValue = 512;

    /// <summary>Stands where nothing is known: many receivers take numbers only.</summary>
    private const string Sample = "0";

    private static readonly string[] Names = ["id", "uid", "eventType", "acceptedAt"];

    /// <summary>Whether a URL is one. One that is none has braces in their encoded form only.</summary>
    public static bool Is(string url) => url.ContainsAny('{', '}');

    /// <summary>Checks one that a user gives, as far as that goes without a message.</summary>
    /// <returns>What is wrong with it; null when nothing is.</returns>
    public static string? Check(string template, AddressPolicy policy, bool httpsOnly)
    {
        // Readers of URLs disagree about it.
        if (template.Contains('\\', StringComparison.Ordinal))
            return @"must not have \";
        if (FirstOfPath(template) is not { } start || template.AsSpan(0, start).ContainsAny('{', '}'))
            return "must have {…} in its path or query only";
        var places = 0;
        var sample = new StringBuilder(template[..start]);
        for (var index = start; index < template.Length; index++)
        {
            if (template[index] is '}')
                return "must have { before each }";
            if (template[index] is not '{')
            {
                sample.Append(template[index]);
                continue;
            }

            var end = template.IndexOf('}', index);
            if (end < 0 || !IsName(template[(index + 1)..end]))
                return $"must have one of {string.Join(", ", Names)}, payload.name.name in {{…}}";
            if (++places > MaxPlaces)
                return $"must have at most {MaxPlaces} {{…}}";
            sample.Append(Sample);
            index = end;
        }

        return TargetUrl.TryRead(sample.ToString(), policy, httpsOnly, out _, out var problem) ? null : problem;
    }

    /// <summary>Fills one for a message. It leads to the same host, and no higher than the template, whatever the message says.</summary>
    /// <exception cref="UrlTemplateException">The message lacks a value, or has one that cannot be sent.</exception>
    public static Uri Fill(string template, Message message, AddressPolicy policy, bool httpsOnly)
    {
        using var payload = JsonDocument.Parse(message.Payload);
        return Fill(template, name => Value(name, message, payload.RootElement), policy, httpsOnly);
    }

    /// <summary>Fills one for a message of this server's own, in which its places have no values.</summary>
    /// <param name="template">The template.</param>
    /// <param name="message">The message, of which id, event type and time are taken.</param>
    /// <param name="payload">What stands in the places of a payload; null: 0 in each.</param>
    /// <param name="policy">Where no request may go.</param>
    /// <param name="httpsOnly">Whether plain HTTP is refused.</param>
    /// <exception cref="UrlTemplateException">The payload lacks a value, or has one that cannot be sent.</exception>
    public static Uri FillSample(string template, Message message, JsonElement? payload, AddressPolicy policy, bool httpsOnly) => Fill(
        template,
        name => name is "uid" || (payload is null && !Names.Contains(name)) ? Sample : Value(name, message, payload ?? default),
        policy,
        httpsOnly);

    private static Uri Fill(string template, Func<string, string> valueOf, AddressPolicy policy, bool httpsOnly)
    {
        var url = new StringBuilder(template.Length + 64);
        var query = template.IndexOf('?', StringComparison.Ordinal);
        var segment = new StringBuilder();
        var isFilled = false;
        for (var index = 0; index < template.Length; index++)
        {
            var isPath = query < 0 || index < query;
            if (template[index] is '{')
            {
                var end = template.IndexOf('}', index);
                var name = template[(index + 1)..end];
                var value = valueOf(name);
                url.Append(Uri.EscapeDataString(value));
                if (isPath)
                    segment.Append(value);
                isFilled = true;
                index = end;
                continue;
            }

            if (template[index] is '/' or '?')
                EndSegment(segment, ref isFilled);
            else if (isPath)
                segment.Append(template[index]);
            url.Append(template[index]);
        }

        EndSegment(segment, ref isFilled);
        return TargetUrl.TryRead(url.ToString(), policy, httpsOnly, out var filled, out var problem)
            ? filled
            : throw new UrlTemplateException($"the URL {problem}");
    }

    private static void EndSegment(StringBuilder segment, ref bool isFilled)
    {
        if (isFilled && Climbs(segment.ToString()))
            throw new UrlTemplateException("a value would lead to another place than the URL means: it has . or .. between slashes");
        segment.Clear();
        isFilled = false;
    }

    /// <summary>Whether a server that decodes once or more, as some do before they look for slashes, would take a part of it for a step up.</summary>
    private static bool Climbs(string segment)
    {
        for (var round = 0; round < 4; round++)
        {
            if (segment.Split('/', '\\').Any(static part => part is "." or ".."))
                return true;
            var decoded = Uri.UnescapeDataString(segment);
            if (decoded == segment)
                return false;
            segment = decoded;
        }

        return true;
    }

    private static string Value(string name, Message message, JsonElement payload)
    {
        var value = name switch
        {
            "id" => WebhookId.Format(WebhookId.Message, message.Id),
            "uid" => message.Uid,
            "eventType" => message.EventType,
            "acceptedAt" => message.AcceptedAt.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ssZ", System.Globalization.CultureInfo.InvariantCulture),
            _ => Read(name, payload),
        };
        if (string.IsNullOrEmpty(value))
            throw new UrlTemplateException($"the message has no text, number or boolean for {{{name}}}");
        if (value.Length > MaxValue || value.Any(char.IsControl))
            throw new UrlTemplateException($"the message's value for {{{name}}} is longer than {MaxValue} characters, or has control characters");
        return value;
    }

    private static string? Read(string name, JsonElement value)
    {
        foreach (var step in name.Split('.').Skip(1))
        {
            if (value.ValueKind is JsonValueKind.Object && value.TryGetProperty(step, out var property))
                value = property;
            else if (value.ValueKind is JsonValueKind.Array && uint.TryParse(step, System.Globalization.NumberStyles.None, null, out var index) && index < value.GetArrayLength())
                value = value[(int)index];
            else
                return null;
        }

        try
        {
            return value.ValueKind switch
            {
                JsonValueKind.String => value.GetString(),
                JsonValueKind.Number or JsonValueKind.True or JsonValueKind.False => value.GetRawText(),
                _ => null,
            };
        }
        catch (InvalidOperationException)
        {
            // Half of a surrogate pair, written as an escape.
            return null;
        }
    }

    private static bool IsName(string name)
    {
        if (Names.Contains(name))
            return true;
        var steps = name.Split('.');
        return steps is ["payload", _, ..] && steps.Length <= MaxSteps
            && Array.TrueForAll(steps, static step => step.Length > 0 && step.All(static character => char.IsAsciiLetterOrDigit(character) || character is '_' or '-' or '$' or '@' or ':'));
    }

    /// <summary>Where the path or the query begins; null: nowhere.</summary>
    private static int? FirstOfPath(string template)
    {
        var host = template.IndexOf("://", StringComparison.Ordinal);
        var start = host < 0 ? -1 : template.AsSpan(host + 3).IndexOfAny('/', '?', '#');
        return start < 0 ? null : host + 3 + start;
    }
}

/// <summary>A message does not make a URL of a template.</summary>
internal sealed class UrlTemplateException(string message) : Exception(message);
