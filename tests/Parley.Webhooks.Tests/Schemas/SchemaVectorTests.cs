using System.Text.Json;
using Parley.Webhooks.Schemas;

namespace Parley.Webhooks.Tests.Schemas;

/// <summary>What each keyword says of values: of drafts 2020-12 and 07.</summary>
public sealed class SchemaVectorTests
{
    private const string Draft07 = "\"$schema\":\"http://json-schema.org/draft-07/schema#\",";

    [Theory]
    [InlineData("true", "1", "")]
    [InlineData("false", "1", "")]
    [InlineData("""{"type":"integer"}""", "1.0", "1.5 \"1\"")]
    [InlineData("""{"type":"integer"}""", "1e2 150e-1", "1e-2")]
    [InlineData("""{"type":["string","null"]}""", "\"a\" null", "1 [] {}")]
    [InlineData("""{"const":1}""", "1 1.0 10e-1", "2 \"1\" true")]
    [InlineData("""{"const":{"a":1,"b":[2]}}""", """{"b":[2.0],"a":1}""", """{"a":1} {"a":1,"b":[2],"c":3}""")]
    [InlineData("""{"enum":["EUR","USD",null]}""", "\"EUR\" null", "\"eur\" false")]
    [InlineData("""{"minimum":0,"exclusiveMaximum":100}""", "0 99.99999999999999999999999999999999999999 \"x\"", "-1 100 1e400 -1e-400")]
    [InlineData("""{"maximum":1e-400}""", "0 -1 1e-400 0.1e-399", "1e-399 1")]
    [InlineData("""{"exclusiveMinimum":12345678901234567890123456789012345}""", "12345678901234567890123456789012346", "12345678901234567890123456789012345")]
    [InlineData("""{"multipleOf":0.01}""", "1.23 4.00 0 1e300 -7.07", "1.234 1e-3")]
    [InlineData("""{"multipleOf":7}""", "49 700000000000000000000000000000000000000 7e1000000000", "50 1e1000000000")]
    [InlineData("""{"minLength":2,"maxLength":2}""", "\"ab\" \"\uD83D\uDE00b\" \"\\ud83d\\ude00b\"", "\"a\" \"abc\"")]
    [InlineData("""{"pattern":"^[A-Z]{3}$"}""", "\"EUR\" 5", "\"EURO\" \"EUR\\n\"")]
    [InlineData("""{"pattern":"b+"}""", "\"abbc\"", "\"ac\"")]
    [InlineData("""{"pattern":"^\\d\\w\\s$"}""", "\"1a\\t\"", "\"\u0661a\\t\" \"1\u00E9\\t\"")]
    [InlineData("""{"pattern":"^\\p{Letter}+$"}""", "\"a\u00E9\"", "\"a1\"")]
    [InlineData("""{"pattern":"^[^\\d\\W]$"}""", "\"a\" \"_\"", "\"1\" \"-\"")]
    [InlineData("""{"pattern":"^[a-z-[aeiou]]$"}""", "\"a]\" \"[]\"", "\"b\"")]
    [InlineData("""{"pattern":"^\uD83D\uDE00*$"}""", "\"\" \"\uD83D\uDE00\uD83D\uDE00\"", "\"x\"")]
    [InlineData("""{"minItems":1,"maxItems":2}""", "[1] [1,2]", "[] [1,2,3]")]
    [InlineData("""{"uniqueItems":true}""", "[1,true,\"1\"] [[1],[2]] 5", "[1,1.0] [{\"a\":1,\"b\":2},{\"b\":2,\"a\":1}] [\"a\",\"\\u0061\"]")]
    [InlineData("""{"contains":{"const":1}}""", "[0,1]", "[] [2]")]
    [InlineData("""{"contains":{"const":1},"minContains":2,"maxContains":3}""", "[1,1] [1,1,1,0]", "[1] [1,1,1,1]")]
    [InlineData("""{"contains":{"const":1},"minContains":0}""", "[] [2]", "")]
    [InlineData("""{"prefixItems":[{"type":"string"}],"items":{"type":"number"}}""", "[\"a\",1,2] []", "[1] [\"a\",\"b\"]")]
    [InlineData("""{"required":["a","b"]}""", """{"a":null,"b":1} []""", """{"a":1} {}""")]
    [InlineData("""{"minProperties":1,"maxProperties":1}""", """{"a":1}""", """{} {"a":1,"b":2}""")]
    [InlineData("""{"properties":{"a":{"type":"string"}},"patternProperties":{"^x-":{"type":"number"}},"additionalProperties":false}""", """{"a":"1","x-1":2} {}""", """{"a":1} {"x-1":"2"} {"b":1}""")]
    [InlineData("""{"propertyNames":{"maxLength":2}}""", """{"ab":1}""", """{"abc":1}""")]
    [InlineData("""{"dependentRequired":{"a":["b"]}}""", """{"b":1} {"a":1,"b":1}""", """{"a":1}""")]
    [InlineData("""{"dependentSchemas":{"a":{"minProperties":2}}}""", """{"b":1} {"a":1,"b":1}""", """{"a":1}""")]
    [InlineData("""{"allOf":[{"minimum":1},{"maximum":2}]}""", "1 2", "0 3")]
    [InlineData("""{"anyOf":[{"type":"string"},{"minimum":2}]}""", "\"a\" 2", "1")]
    [InlineData("""{"oneOf":[{"type":"number"},{"minimum":2}]}""", "1 \"a\"", "3")]
    [InlineData("""{"not":{"type":"string"}}""", "1", "\"a\"")]
    [InlineData("""{"if":{"properties":{"kind":{"const":"card"}},"required":["kind"]},"then":{"required":["number"]},"else":{"required":["iban"]}}""", """{"kind":"card","number":1} {"iban":1}""", """{"kind":"card"} {"kind":"bank"}""")]
    [InlineData("""{"$ref":"#/$defs/money","minimum":1,"$defs":{"money":{"type":"number"}}}""", "1", "0 \"1\"")]
    [InlineData("""{"$defs":{"a b":{"$anchor":"here","type":"string"}},"items":{"$ref":"#here"},"not":{"$ref":"#/$defs/a%20b"}}""", "[\"a\"]", "[1] \"a\"")]
    [InlineData("""{"properties":{"a/b~c":{"type":"string"}},"propertyNames":{"$ref":"#/properties/a~1b~0c"}}""", """{"a/b~c":"x"}""", """{"a/b~c":1}""")]
    [InlineData("""{"type":"object","properties":{"children":{"items":{"$ref":"#"}}},"required":["name"]}""", """{"name":1,"children":[{"name":2}]}""", """{"name":1,"children":[{}]}""")]
    [InlineData("""{"$id":"https://example.com/order","properties":{"item":{"$ref":"item"}},"$defs":{"i":{"$id":"item","required":["sku"],"properties":{"sku":{"$ref":"#/$defs/s"}},"$defs":{"s":{"type":"string"}}}}}""", """{"item":{"sku":"1"}}""", """{"item":{}} {"item":{"sku":1}}""")]
    [InlineData("""{"$id":"https://example.com/tree","$dynamicAnchor":"node","$ref":"base","unevaluatedProperties":false,"$defs":{"b":{"$id":"base","$dynamicAnchor":"node","properties":{"data":true,"children":{"items":{"$dynamicRef":"#node"}}}}}}""", """{"children":[{"data":1}]}""", """{"children":[{"daat":1}]} {"x":1}""")]
    [InlineData("""{"allOf":[{"properties":{"a":true}}],"anyOf":[{"required":["b"],"properties":{"b":true}},true],"unevaluatedProperties":false}""", """{"a":1,"b":2} {"a":1}""", """{"a":1,"c":2}""")]
    [InlineData("""{"allOf":[{"properties":{"a":true}},{"unevaluatedProperties":false}]}""", "{}", """{"a":1}""")]
    [InlineData("""{"if":{"properties":{"a":{"const":1}},"required":["a"]},"unevaluatedProperties":false}""", """{"a":1}""", """{"a":2}""")]
    [InlineData("""{"prefixItems":[true],"contains":{"type":"string"},"unevaluatedItems":{"type":"null"}}""", "[1,\"a\",null]", "[1,\"a\",2]")]
    [InlineData("""{"format":"email","contentEncoding":"base64","x-own":{"type":"nonsense"}}""", "\"mail\" 1", "")]
    [InlineData("{" + Draft07 + """ "items":[{"type":"string"}],"additionalItems":false}""", "[\"a\"] []", "[1] [\"a\",1]")]
    [InlineData("{" + Draft07 + """ "dependencies":{"a":["b"],"c":{"minProperties":2}}}""", """{"a":1,"b":1} {"c":1,"d":1}""", """{"a":1} {"c":1}""")]
    [InlineData("{" + Draft07 + """ "properties":{"a":{"$ref":"#/definitions/s","maxLength":1}},"definitions":{"s":{"type":"string"}}}""", """{"a":"long"}""", """{"a":1}""")]
    [InlineData("{" + Draft07 + """ "items":{"$ref":"#here"},"definitions":{"x":{"$id":"#here","type":"string"}}}""", "[\"a\"]", "[1]")]
    [InlineData("{" + Draft07 + """ "unevaluatedProperties":false,"prefixItems":[false],"dependentRequired":{"a":["b"]}}""", """{"a":1} [1]""", "")]
    public void A_keyword_means_what_its_draft_says(string schema, string fitting, string unfitting)
    {
        var compiled = new JsonSchema(JsonElement.Parse(schema));
        Assert.Empty(compiled.Problems);
        if (schema == "false")
            (fitting, unfitting) = (unfitting, fitting);

        Assert.All(Values(fitting), value => Assert.Empty(compiled.Check(JsonElement.Parse(value), "")));
        Assert.All(Values(unfitting), value => Assert.NotEmpty(compiled.Check(JsonElement.Parse(value), "")));
    }

    [Theory]
    [InlineData("""{"properties":{"a":{"items":{"type":"string"}}}}""", """{"a":["x",1,2]}""", "/payload/a/1 type,/payload/a/2 type")]
    [InlineData("""{"properties":{"a/b~c":{"minimum":1}}}""", """{"a/b~c":0}""", "/payload/a~1b~0c minimum")]
    [InlineData("""{"required":["a","b"],"additionalProperties":false}""", """{"c":1}""", "/payload required,/payload required,/payload/c false")]
    [InlineData("""{"anyOf":[{"type":"string"},{"items":{"type":"string"}}]}""", "[1]", "/payload anyOf")]
    [InlineData("""{"allOf":[{"$ref":"#/$defs/a"},{"properties":{"x":{"const":1}}}],"$defs":{"a":{"maxProperties":0}}}""", """{"x":2}""", "/payload maxProperties,/payload/x const")]
    [InlineData("""{"properties":{"x":{"type":"string"}},"unevaluatedProperties":false}""", """{"x":1}""", "/payload/x type")]
    public void Each_place_that_does_not_fit_is_pointed_at(string schema, string value, string expected)
    {
        var errors = new JsonSchema(JsonElement.Parse(schema)).Check(JsonElement.Parse(value), "/payload");

        Assert.Equal(expected, string.Join(',', errors.Select(static error => $"{error.Pointer} {error.Keyword}")));
    }

    [Fact]
    public void What_was_sent_is_not_repeated_and_not_more_is_told_than_helps()
    {
        var schema = new JsonSchema(JsonElement.Parse("""{"items":{"enum":["a","b"],"pattern":"^x","minLength":99,"type":"number"}}"""));

        var errors = schema.Check(JsonElement.Parse($"[{string.Join(',', Enumerable.Repeat("\"canary\"", 1000))}]"), "/payload");

        Assert.Equal(SchemaLimits.MaxErrors, errors.Count);
        Assert.DoesNotContain("canary", string.Concat(errors), StringComparison.Ordinal);
        var far = new JsonSchema(JsonElement.Parse("""{"additionalProperties":false}""")).Check(JsonElement.Parse($$"""{"{{new string('x', 100_000)}}":1}"""), "");
        Assert.InRange(Assert.Single(far).Pointer.Length, 1, SchemaLimits.MaxPointer + 1);
    }

    private static string[] Values(string list) => list.Split(' ', StringSplitOptions.RemoveEmptyEntries);
}
