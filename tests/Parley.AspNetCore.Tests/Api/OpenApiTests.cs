using System.ComponentModel.DataAnnotations;
using System.Net;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.OpenApi;
using Parley.AspNetCore.Api;

namespace Parley.AspNetCore.Tests.Api;

public sealed class OpenApiTests : IAsyncLifetime
{
    private ApiHost _host = null!;

    public async ValueTask InitializeAsync() => _host = await ApiHost.StartAsync(Map, ("Api:Keys:0", ApiHost.Key));

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    public static TheoryData<string> Methods => [.. ApiMethods.All.Select(method => method.Name)];

    [Fact]
    public async Task The_document_is_OpenAPI_3_1_without_a_fault()
    {
        var text = await _host.Client.GetStringAsync("/openapi/v1.json");

        var result = OpenApiDocument.Parse(text, "json");

        Assert.Equal(OpenApiSpecVersion.OpenApi3_1, result.Diagnostic!.SpecificationVersion);
        Assert.Empty(result.Diagnostic.Errors);
        Assert.Empty(result.Diagnostic.Warnings);
        Assert.Equal(ApiMethods.All.Count + 1, result.Document!.Paths.Count);
    }

    [Theory]
    [MemberData(nameof(Methods))]
    public async Task Every_method_is_in_it_with_every_field_described(string name)
    {
        var document = await ReadAsync();
        var method = ApiMethods.Find(name)!;
        var operation = document["paths"]!["/api/" + name]?["post"];

        Assert.NotNull(operation);
        Assert.Equal(name, operation["operationId"]!.GetValue<string>());
        Assert.Equal(method.Summary, operation["summary"]!.GetValue<string>());
        AssertDescribes(document, operation["requestBody"]!["content"]!["application/json"]!["schema"]!, method.RequestType.Properties.Select(property => property.Name));
        var success = operation["responses"]!["200"]!["content"]!["application/json"]!["schema"]!["oneOf"]![0]!;
        var result = method.HasBareResult ? success : success["properties"]!["result"]!;
        AssertDescribes(document, result, method.ResultType.Properties.Select(property => property.Name));
        Assert.Equal(["200", "400", "401", "403", "413"], operation["responses"]!.AsObject().Select(response => response.Key));
    }

    [Fact]
    public async Task Every_field_of_every_schema_is_described_and_every_reference_leads_somewhere()
    {
        var document = await ReadAsync();

        foreach (var (_, schema) in document["components"]!["schemas"]!.AsObject())
            Assert.All(schema!["properties"]?.AsObject() ?? [], property => Assert.False(string.IsNullOrEmpty(property.Value!["description"]?.GetValue<string>()), property.Key));
        foreach (var reference in References(document))
            Assert.NotNull(reference.TrimStart('#', '/').Split('/').Aggregate((JsonNode?)document, (node, part) => node?[part]));

        var batchable = ApiMethods.All.Where(method => method.IsBatchable).Select(method => method.Name).ToList();
        var (commands, replies) = (Schema("BatchRequest", "commands"), Schema("BatchResult", "replies"));
        Assert.Equal(batchable, commands["items"]!["properties"]!.AsObject().Select(property => property.Key));
        Assert.Equal([.. batchable, "error"], replies["items"]!["properties"]!.AsObject().Select(property => property.Key));
        JsonNode Schema(string schema, string property) => document["components"]!["schemas"]![schema]!["properties"]![property]!;
    }

    [Theory]
    [MemberData(nameof(Methods))]
    public async Task The_example_of_a_method_works(string name)
    {
        var document = await ReadAsync();
        var example = document["paths"]!["/api/" + name]!["post"]!["requestBody"]!["content"]!["application/json"]!["example"]!;

        if (name == "rpc")
            Assert.Equal(108u, await _host.CallForErrorAsync(name, example.ToJsonString()));
        else
            await _host.CallAsync(name, example.ToJsonString());
    }

    [Theory]
    [MemberData(nameof(Methods))]
    public async Task A_field_that_is_said_to_be_required_is(string name)
    {
        var method = ApiMethods.Find(name)!;
        var required = method.RequestType.Properties
            .Where(property => property.AttributeProvider!.IsDefined(typeof(RequiredAttribute), inherit: false))
            .Select(property => property.Name)
            .ToList();
        var document = await ReadAsync();
        var schema = document["components"]!["schemas"]![Schema(document["paths"]!["/api/" + name]!["post"]!["requestBody"]!["content"]!["application/json"]!["schema"]!)]!;
        Assert.Equal(required, schema["required"]?.AsArray().Select(item => item!.GetValue<string>()) ?? []);

        foreach (var field in required)
        {
            var request = JsonNode.Parse(method.Example)!.AsObject();
            Assert.True(request.Remove(field));
            Assert.Equal(107u, await _host.CallForErrorAsync(name, request.ToJsonString()));
        }
    }

    [Fact]
    public async Task It_follows_the_prefix_and_its_own_path_and_needs_no_key()
    {
        await using var host = await ApiHost.StartAsync(app =>
        {
            app.MapGroup("/v1").MapParleyApi("/server");
            app.MapParleyOpenApi("/docs/parley.json");
            app.MapPost("/somebody/elses", () => "");
        });

        using var response = await host.Client.GetAsync("/docs/parley.json");

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal("application/json", response.Content.Headers.ContentType?.ToString());
        var paths = JsonNode.Parse(await response.Content.ReadAsStringAsync())!["paths"]!.AsObject().Select(path => path.Key).Order(StringComparer.Ordinal);
        Assert.Equal(ApiMethods.All.Select(method => "/v1/server/" + method.Name).Append("/v1/server").Order(StringComparer.Ordinal), paths);
    }

    private static void Map(WebApplication application)
    {
        application.MapParleyApi();
        application.MapParleyOpenApi();
    }

    private async Task<JsonNode> ReadAsync() => JsonNode.Parse(await _host.Client.GetStringAsync("/openapi/v1.json"))!;

    private static void AssertDescribes(JsonNode document, JsonNode reference, IEnumerable<string> fields)
    {
        var properties = document["components"]!["schemas"]![Schema(reference)]!["properties"]?.AsObject() ?? [];
        Assert.Equal(fields.Order(StringComparer.Ordinal), properties.Select(property => property.Key).Order(StringComparer.Ordinal));
    }

    private static string Schema(JsonNode reference) => reference["$ref"]!.GetValue<string>().Split('/')[^1];

    private static IEnumerable<string> References(JsonNode? node) => node switch
    {
        JsonObject item => item.SelectMany(member => member.Key == "$ref" ? [member.Value!.GetValue<string>()] : References(member.Value)),
        JsonArray items => items.SelectMany(References),
        _ => [],
    };
}
