using System.Text;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Parley.Webhooks.Catalog;
using Parley.Webhooks.Deliveries;
using Parley.Webhooks.EventTypes;
using Parley.Webhooks.Schemas;
using Parley.Webhooks.Storage;
using Parley.Webhooks.Tests.Support;
using Parley.Webhooks.Transformations;

namespace Parley.Webhooks.Tests.Outbound;

/// <summary>Bodies that must fit the receiver's own schema, and payloads that must fit that of their event type.</summary>
public sealed class BodySchemaTests : NodeWithReceiver
{
    private readonly FixedTransformer _transformer = new();

    [Fact]
    public async Task A_body_that_does_not_fit_is_not_sent_and_shows_where()
    {
        var endpoint = await Node.AddEndpointAsync(Receiver, static endpoint => endpoint with { BodySchema = Schema("""{"properties":{"n":{"type":"string"}}}""") });

        var receipt = await Node.SendAsync("""{"n":1}""");
        var fitting = await Node.SendAsync("""{"n":"1"}""");

        var failed = await Node.DeliveryAsync(receipt.Id, endpoint, DeliveryState.Failed);
        Assert.Equal((DeliveryError.BodySchema, null, 1), (failed.LastError, failed.DueAt, failed.Attempts));
        var attempt = Assert.Single(await Node.AttemptsAsync(receipt.Id, endpoint));
        Assert.Equal(("/n", "type"), (Assert.Single(attempt.Exchange!.Errors!).Pointer, attempt.Exchange.Errors![0].Keyword));
        Assert.Equal(fitting.Id, (await Receiver.NextAsync()).Id);
        Assert.Equal(0, Receiver.Waiting);
    }

    [Fact]
    public async Task It_is_checked_as_the_script_has_made_it()
    {
        var endpoint = await Node.AddEndpointAsync(Receiver, static endpoint => endpoint with { Transformation = "script", BodySchema = Schema("""{"required":["text"]}""") });
        Give("""{"text":"hello"}""");
        await Node.SendAsync("{}");
        Assert.Equal("""{"text":"hello"}""", Encoding.UTF8.GetString((await Receiver.NextAsync()).Body));

        Give("""{"txet":"hello"}""");
        var receipt = await Node.SendAsync("""{"text":1}""");

        await Node.DeliveryAsync(receipt.Id, endpoint, DeliveryState.Failed);
        Assert.Equal(0, Receiver.Waiting);
    }

    [Theory]
    [InlineData("text/xml", "<a/>")]
    [InlineData("application/json", "{")]
    [InlineData("application/json", """{"a":1,"a":2}""")]
    public async Task What_a_schema_cannot_be_asked_about_is_not_sent_either(string type, string body)
    {
        var endpoint = await Node.AddEndpointAsync(Receiver, static endpoint => endpoint with { Transformation = "script", BodySchema = Schema("true") });
        Give(body, type);

        var receipt = await Node.SendAsync();

        Assert.Equal(DeliveryError.BodySchema, (await Node.DeliveryAsync(receipt.Id, endpoint, DeliveryState.Failed)).LastError);
    }

    [Fact]
    public async Task A_hostile_schema_fails_its_own_deliveries_only()
    {
        await using var other = await Receiver.StartAsync();
        var defs = string.Join(',', Enumerable.Range(0, 60).Select(static index => $$"""
            "a{{index}}":{"allOf":[{"$ref":"#/$defs/a{{index + 1}}"},{"$ref":"#/$defs/a{{index + 1}}"}]}
            """));
        var endpoint = await Node.AddEndpointAsync(Receiver, endpoint => endpoint with { BodySchema = Schema($$$"""{"$ref":"#/$defs/a0","$defs":{{{{defs}}},"a60":true}}""") });
        await Node.AddEndpointAsync(other);

        var receipt = await Node.SendAsync();

        Assert.Equal(receipt.Id, (await other.NextAsync()).Id);
        Assert.Equal(DeliveryError.BodySchema, (await Node.DeliveryAsync(receipt.Id, endpoint, DeliveryState.Failed)).LastError);
        Assert.Equal(0, Receiver.Waiting);
    }

    [Fact]
    public async Task Deliveries_that_were_not_sent_do_not_make_the_receiver_look_dead()
    {
        var endpoint = await Node.AddEndpointAsync(Receiver, static endpoint => endpoint with { BodySchema = Schema("""{"type":"string"}""") });
        for (var index = 0; index < 25; index++)
            await Node.DeliveryAsync((await Node.SendAsync()).Id, endpoint, DeliveryState.Failed);

        var receipt = await Node.SendAsync("\"x\"");

        Assert.Equal(receipt.Id, (await Receiver.NextAsync()).Id);
    }

    [Fact]
    public async Task The_library_tells_the_places_too()
    {
        await Node.Store.AddAsync(new EventType { Id = Guid.CreateVersion7(), Name = "order.created", Schema = Schema("""{"required":["id"]}""") }.ToResource());

        var exception = await Assert.ThrowsAsync<WebhookException>(async () => await Node.SendAsync());

        Assert.Equal(("invalid", "/payload", "required"), (exception.Code, Assert.Single(exception.Errors).Pointer, exception.Errors[0].Keyword));
    }

    private protected override void AddServices(IServiceCollection services) => services.AddSingleton<ITransformer>(_transformer);

    private static JsonSchema Schema(string text) => new(JsonElement.Parse(text));

    private void Give(string body, string type = "application/json") => _transformer.Result = new TransformationResult.Changed(
        Receiver.Url, "POST", new Dictionary<string, string> { ["content-type"] = type }, Encoding.UTF8.GetBytes(body), IsRawBody: false);

    /// <summary>Scripts run in tests of their own, in real workers.</summary>
    private sealed class FixedTransformer : ITransformer
    {
        public TransformationResult Result { get; set; } = new TransformationResult.Cancelled();

        public ValueTask<TransformationResult> TransformAsync(string script, TransformationInput input, CancellationToken cancellationToken) => ValueTask.FromResult(Result);

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
