using System.Text;
using System.Text.Json;
using Parley.Webhooks.Schemas;

namespace Parley.Webhooks.Tests.Schemas;

/// <summary>Schemas come from strangers, and are checked in this process.</summary>
public sealed class HostileSchemaTests
{
    [Theory]
    [InlineData("1", "")]
    [InlineData("""{"type":"text"}""", "/type")]
    [InlineData("""{"type":[]}""", "/type")]
    [InlineData("""{"properties":{"a":{"minimum":"1"}}}""", "/properties/a/minimum")]
    [InlineData("""{"properties":{"a":5}}""", "/properties/a")]
    [InlineData("""{"properties":[]}""", "/properties")]
    [InlineData("""{"allOf":[]}""", "/allOf")]
    [InlineData("""{"anyOf":[true,{"items":[true]}]}""", "/anyOf/1/items")]
    [InlineData("""{"required":"a"}""", "/required")]
    [InlineData("""{"maxLength":-1}""", "/maxLength")]
    [InlineData("""{"maxLength":1.5}""", "/maxLength")]
    [InlineData("""{"multipleOf":0}""", "/multipleOf")]
    [InlineData("""{"multipleOf":1.0000000000000000001}""", "/multipleOf")]
    [InlineData("""{"uniqueItems":1}""", "/uniqueItems")]
    [InlineData("""{"enum":1}""", "/enum")]
    [InlineData("""{"dependentRequired":{"a":"b"}}""", "/dependentRequired/a")]
    [InlineData("""{"$schema":"https://json-schema.org/draft/2019-09/schema"}""", "/$schema")]
    [InlineData("""{"$schema":"https://example.com/own"}""", "/$schema")]
    [InlineData("""{"items":{"$id":"x","$schema":"http://json-schema.org/draft-07/schema#"}}""", "/items/$schema")]
    [InlineData("""{"$id":"https://example.com/#a"}""", "/$id")]
    [InlineData("""{"$anchor":"1a"}""", "/$anchor")]
    [InlineData("""{"$defs":{"a":{"$anchor":"x"},"b":{"$anchor":"x"}}}""", "/$defs/b/$anchor")]
    [InlineData("""{"$defs":{"a":{"$id":"x"},"b":{"$id":"x"}}}""", "/$defs/b/$id")]
    [InlineData("""{"$ref":5}""", "/$ref")]
    [InlineData("""{"$ref":"#/$defs/nowhere"}""", "/$ref")]
    [InlineData("""{"$ref":"#nowhere"}""", "/$ref")]
    [InlineData("""{"$ref":"https://example.com/schema"}""", "/$ref")]
    [InlineData("""{"$ref":"file:///etc/passwd"}""", "/$ref")]
    [InlineData("""{"$ref":"https://json-schema.org/draft/2020-12/schema"}""", "/$ref")]
    [InlineData("""{"$dynamicRef":"https://example.com/schema#node"}""", "/$dynamicRef")]
    [InlineData("""{"$ref":"#"}""", "")]
    [InlineData("""{"$defs":{"a":{"allOf":[{"$ref":"#/$defs/b"}]},"b":{"not":{"$ref":"#/$defs/a"}}}}""", "/$defs/a")]
    [InlineData("""{"title":"\ud800","type":"\ud800"}""", "")]
    [InlineData("""{"pattern":"("}""", "/pattern")]
    [InlineData("""{"pattern":"[a"}""", "/pattern")]
    [InlineData("""{"pattern":"a\\"}""", "/pattern")]
    [InlineData("""{"pattern":"\\Aa\\Z"}""", "/pattern")]
    [InlineData("""{"pattern":"(a)\\1"}""", "/pattern")]
    [InlineData("""{"pattern":"(?=a)b"}""", "/pattern")]
    [InlineData("""{"pattern":"(?<!a)b"}""", "/pattern")]
    [InlineData("""{"pattern":"(?>a)b"}""", "/pattern")]
    [InlineData("""{"pattern":"(a{1000}){1000}"}""", "/pattern")]
    [InlineData("""{"pattern":"\\p{Script=Greek}"}""", "/pattern")]
    [InlineData("""{"patternProperties":{"(?=x)":true}}""", "/patternProperties/(?=x)")]
    public void What_is_wrong_with_a_schema_is_pointed_at(string schema, string pointer)
    {
        var problems = new JsonSchema(JsonElement.Parse(schema)).Problems;

        Assert.Contains(pointer, problems.Select(static problem => problem.Pointer));
    }

    [Fact]
    public void A_schema_has_limits()
    {
        AssertRefused($$"""{"description":"{{new string('x', SchemaLimits.MaxBytes)}}"}""", "64 KiB");
        AssertRefused($$"""{"allOf":[{{string.Join(',', Enumerable.Repeat("{}", SchemaLimits.MaxSubschemas + 1))}}]}""", "subschemas");
        AssertRefused($$"""{"pattern":"{{new string('x', SchemaLimits.MaxPatternLength + 1)}}"}""", "characters");
        AssertRefused(
            $$"""{"patternProperties":{ {{string.Join(',', Enumerable.Range(0, SchemaLimits.MaxPatterns + 1).Select(static index => $"\"{index}\":true"))}} } }""",
            "regular expressions");
        Assert.InRange(new JsonSchema(JsonElement.Parse($"[{string.Join(',', Enumerable.Repeat("1", 100))}]")).Problems.Count, 1, SchemaLimits.MaxErrors);

        static void AssertRefused(string schema, string words) =>
            Assert.Contains(words, Assert.Single(new JsonSchema(JsonElement.Parse(schema)).Problems).Detail, StringComparison.Ordinal);
    }

    [Fact]
    public void References_that_double_at_each_step_end()
    {
        var schema = new StringBuilder("""{"$ref":"#/$defs/a0","$defs":{""");
        for (var index = 0; index < 60; index++)
            schema.Append($$""" {{(index == 0 ? "" : ",")}}"a{{index}}":{"allOf":[{"$ref":"#/$defs/a{{index + 1}}"},{"$ref":"#/$defs/a{{index + 1}}"}]} """);
        schema.Append(""","a60":true}}""");

        AssertCostsTooMuch(schema.ToString(), "1");
    }

    [Fact]
    public void A_recursion_that_doubles_at_each_level_of_the_value_ends()
    {
        var value = string.Concat(Enumerable.Repeat("""{"a":""", 60)) + "1" + new string('}', 60);

        AssertCostsTooMuch("""{"properties":{"a":{"allOf":[{"$ref":"#"},{"$ref":"#"}]}}}""", value);
    }

    [Fact]
    public void A_dynamic_reference_to_itself_ends() => AssertCostsTooMuch("""{"$dynamicAnchor":"x","$dynamicRef":"#x"}""", "1");

    [Fact]
    public void A_chain_of_references_does_not_exhaust_the_stack()
    {
        var schema = new StringBuilder("""{"$ref":"#/$defs/a0","$defs":{""");
        for (var index = 0; index < 900; index++)
            schema.Append($$""" {{(index == 0 ? "" : ",")}}"a{{index}}":{"not":{"$ref":"#/$defs/a{{index + 1}}"} } """);
        schema.Append(""","a900":true}}""");

        AssertCostsTooMuch(schema.ToString(), "1");
    }

    [Theory]
    [InlineData("^(a+)+$")]
    [InlineData("^(a|aa)+$")]
    [InlineData("(x+x+)+y")]
    [InlineData("^(([a-z])+.)+[A-Z]([a-z])+$")]
    [InlineData("^(.*a.*b.*c.*d){10}$")]
    public void A_pattern_that_others_never_come_back_from_does(string pattern)
    {
        var schema = new JsonSchema(JsonSerializer.SerializeToElement(new Dictionary<string, string> { ["pattern"] = pattern }));

        Assert.Equal("pattern", Assert.Single(schema.Check(JsonElement.Parse($"\"{new string('a', 20_000)}!\""), "")).Keyword);
    }

    [Fact]
    public void Patterns_cost_by_the_length_of_what_they_look_at()
    {
        var all = string.Join(',', Enumerable.Range(0, SchemaLimits.MaxPatterns).Select(static index => $$"""{"pattern":"^({{new string('a', 400)}}|b)*{{index}}$"}"""));

        AssertCostsTooMuch($$"""{"anyOf":[{{all}}]}""", $"\"{new string('b', 200_000)}\"");
    }

    [Fact]
    public void Many_items_that_must_differ_are_not_compared_each_with_each()
    {
        var items = string.Join(',', Enumerable.Range(0, 200_000).Select(static index => $"[{index}]"));
        var schema = new JsonSchema(JsonElement.Parse("""{"uniqueItems":true}"""));

        Assert.Empty(schema.Check(JsonElement.Parse($"[{items}]"), ""));
        Assert.NotEmpty(schema.Check(JsonElement.Parse($"[{items},[7.0]]"), ""));
    }

    [Fact]
    public void A_number_of_any_size_is_compared_at_once()
    {
        var schema = new JsonSchema(JsonElement.Parse("""{"type":"integer","multipleOf":3,"maximum":1e999999999999999999999}"""));

        Assert.Empty(schema.Check(JsonElement.Parse("3e999999999"), ""));
        Assert.Empty(schema.Check(JsonElement.Parse(new string('3', 200_000)), ""));
        Assert.NotEmpty(schema.Check(JsonElement.Parse("1e999999999"), ""));
    }

    [Fact]
    public void Half_a_character_is_refused_and_throws_nothing()
    {
        var schema = new JsonSchema(JsonElement.Parse("""{"items":{"maxLength":1}}"""));

        Assert.Contains("Unicode", Assert.Single(schema.Check(JsonElement.Parse("[\"\\ud800\"]"), "/payload")).Detail, StringComparison.Ordinal);
    }

    private static void AssertCostsTooMuch(string schema, string value)
    {
        var compiled = new JsonSchema(JsonElement.Parse(schema));
        Assert.Empty(compiled.Problems);

        var error = Assert.Single(compiled.Check(JsonElement.Parse(value), "/payload"));

        Assert.Null(error.Keyword);
        Assert.Equal("/payload", error.Pointer);
    }
}
