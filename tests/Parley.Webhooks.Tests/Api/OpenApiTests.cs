using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.OpenApi;
using Parley.Webhooks.Api.OpenApi;
using Parley.Webhooks.Tests.Support;

namespace Parley.Webhooks.Tests.Api;

public sealed class OpenApiTests(ApiHost host) : IClassFixture<ApiHost>
{
    [Fact]
    public async Task Every_route_is_in_the_document_and_nothing_else_is()
    {
        var document = await ReadAsync();
        var routes = host.Services.GetRequiredService<EndpointDataSource>().Endpoints.Select(static endpoint => endpoint.Metadata.GetMetadata<ApiRoute>()).OfType<ApiRoute>()
            .Select(static route => $"{route.Method} /api/webhooks{route.Pattern}").Append("GET /.well-known/parley/webhook-keys/{application}/{endpoint}");

        Assert.Equal(routes.Order(StringComparer.Ordinal), Operations(document).Select(static operation => $"{operation.Method.ToUpperInvariant()} {operation.Path}").Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task It_is_OpenAPI_3_1_without_a_fault_and_every_reference_leads_somewhere()
    {
        var text = await host.Client.GetStringAsync("openapi.json");

        var result = OpenApiDocument.Parse(text, "json");

        Assert.Equal(OpenApiSpecVersion.OpenApi3_1, result.Diagnostic!.SpecificationVersion);
        Assert.Empty(result.Diagnostic.Errors);
        Assert.Empty(result.Diagnostic.Warnings);
        var document = JsonNode.Parse(text)!;
        foreach (var reference in References(document))
            Assert.NotNull(reference.TrimStart('#', '/').Split('/').Aggregate((JsonNode?)document, static (node, part) => node?[part]));
        Assert.Equal(["apiKey", "bearer"], document["components"]!["securitySchemes"]!.AsObject().Select(static scheme => scheme.Key));
    }

    [Fact]
    public async Task Every_operation_says_what_it_does_what_it_answers_and_what_each_parameter_is()
    {
        var document = await ReadAsync();
        foreach (var (path, method, operation) in Operations(document))
        {
            var name = $"{method} {path}";
            Assert.False(string.IsNullOrEmpty(operation["summary"]?.GetValue<string>()), name);
            var parameters = (document["paths"]![path]!["parameters"]?.AsArray() ?? []).Concat(operation["parameters"]?.AsArray() ?? []).ToList();
            Assert.All(parameters, parameter => Assert.False(string.IsNullOrEmpty(parameter!["description"]?.GetValue<string>()), $"{name}: {parameter["name"]}"));
            Assert.Equal(path.Split('{').Length - 1, parameters.Count(static parameter => parameter!["in"]!.GetValue<string>() == "path"));
            var statuses = operation["responses"]!.AsObject().Select(static answer => answer.Key).ToList();
            Assert.Contains(statuses, static status => status.StartsWith('2'));
            Assert.Contains("503", statuses);
            if (operation["security"] is null)
                Assert.Contains("401", statuses);
        }

        var ids = Operations(document).Select(static operation => operation.Operation["operationId"]!.GetValue<string>()).ToList();
        Assert.Equal(ids.Count, ids.Distinct().Count());
    }

    [Fact]
    public async Task Every_body_has_an_example_that_its_own_type_reads_and_writes_alike()
    {
        var document = await ReadAsync();
        foreach (var operation in host.Services.GetRequiredService<EndpointDataSource>().Endpoints.Select(static endpoint => endpoint.Metadata.GetMetadata<ApiDescription>()?.Operation).OfType<ApiOperation>())
        {
            foreach (var content in operation.Answers.Values.Append(operation.Request).OfType<ApiContent>())
            {
                var example = JsonNode.Parse(content.Example);
                var written = JsonSerializer.SerializeToNode(JsonSerializer.Deserialize(content.Example, content.Type), content.Type);
                // What is null is left out of answers, and in a request it is the default.
                foreach (var field in example!.AsObject().Where(static field => field.Value is null).Select(static field => field.Key).ToList())
                    example.AsObject().Remove(field);
                Assert.True(JsonNode.DeepEquals(example, written), $"{operation.Method} {operation.Pattern}: {written?.ToJsonString()}");
            }
        }

        foreach (var (path, method, operation) in Operations(document))
        {
            foreach (var content in Contents(operation["requestBody"]).Concat(operation["responses"]!.AsObject().Where(static answer => answer.Key.StartsWith('2')).SelectMany(static answer => Contents(answer.Value))))
                Assert.True(content["example"] is not null && content["schema"]?["$ref"] is not null, $"{method} {path}");
        }
    }

    [Fact]
    public async Task Every_field_of_an_example_is_in_its_schema_and_every_field_that_is_always_there_is_in_the_example()
    {
        var document = await ReadAsync();
        foreach (var (path, method, operation) in Operations(document))
        {
            foreach (var content in Contents(operation["requestBody"]).Concat(operation["responses"]!.AsObject().SelectMany(static answer => Contents(answer.Value))))
                Check(content["schema"]!, content["example"]!, $"{method} {path}");
        }

        void Check(JsonNode schema, JsonNode? value, string where)
        {
            if (schema["$ref"]?.GetValue<string>() is { } reference)
                schema = document["components"]!["schemas"]![reference.Split('/')[^1]]!;
            if (value is JsonArray items && schema["items"] is { } item)
            {
                foreach (var one in items)
                    Check(item, one, where);
            }

            if (value is not JsonObject fields || schema["properties"] is not JsonObject properties)
                return;
            Assert.All(schema["required"]?.AsArray() ?? [], name => Assert.True(fields.ContainsKey(name!.GetValue<string>()), $"{where}: {name}"));
            foreach (var (name, field) in fields)
            {
                Assert.True(properties.ContainsKey(name), $"{where}: {name}");
                Check(properties[name]!, field, $"{where}.{name}");
            }
        }
    }

    [Theory]
    [InlineData("POST", "/applications", "applications")]
    [InlineData("PUT", "/event-types/{name}", "event-types/invoice.paid")]
    [InlineData("POST", "/applications/{application}/endpoints", "applications/acme/endpoints")]
    [InlineData("POST", "/applications/{application}/messages", "applications/acme/messages")]
    [InlineData("POST", "/applications/{application}/endpoints/{endpoint}/secret/rotate", "applications/acme/endpoints/crm/secret/rotate")]
    [InlineData("PATCH", "/applications/{application}", "applications/acme")]
    public async Task An_example_works(string method, string pattern, string path)
    {
        await using var other = await ApiHost.StartAsync();
        if (path != "applications")
            await other.CallAsync("PUT", "applications/acme", "{}");
        if (path.Contains("crm", StringComparison.Ordinal))
            await other.CallAsync("POST", "applications/acme/endpoints", """{"uid":"crm","url":"https://example.com/"}""");
        var operation = ApiOperations.Find(method, pattern)!;

        var reply = await other.CallAsync(method, path, operation.Request!.Example.Replace("\"expiresAt\":\"2026-12-04", "\"expiresAt\":\"9999-12-04", StringComparison.Ordinal));

        Assert.Contains((int)reply.Status, operation.Answers.Keys);
    }

    private async Task<JsonNode> ReadAsync() => JsonNode.Parse(await host.Client.GetStringAsync("openapi.json"))!;

    private static IEnumerable<(string Path, string Method, JsonNode Operation)> Operations(JsonNode document) => document["paths"]!.AsObject()
        .SelectMany(static path => path.Value!.AsObject().Where(static item => item.Key != "parameters").Select(item => (path.Key, item.Key, item.Value!)));

    private static IEnumerable<JsonNode> Contents(JsonNode? body) => body?["content"]?.AsObject().Select(static content => content.Value!) ?? [];

    private static IEnumerable<string> References(JsonNode? node) => node switch
    {
        JsonObject item => item.SelectMany(static member => member.Key == "$ref" ? [member.Value!.GetValue<string>()] : References(member.Value)),
        JsonArray items => items.SelectMany(References),
        _ => [],
    };
}
