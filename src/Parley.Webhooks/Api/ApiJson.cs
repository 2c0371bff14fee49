using System.Text.Json.Serialization;
using Parley.Webhooks.Api.Models;

namespace Parley.Webhooks.Api;

/// <summary>The JSON of the API. What it does not know is refused, so that a misspelt field is noticed.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    AllowDuplicateProperties = false,
    RespectNullableAnnotations = true)]
[JsonSerializable(typeof(ProblemView))]
[JsonSerializable(typeof(ApplicationBody))]
[JsonSerializable(typeof(ApplicationView))]
[JsonSerializable(typeof(ListView<ApplicationView>))]
[JsonSerializable(typeof(EventTypeBody))]
[JsonSerializable(typeof(EventTypeView))]
[JsonSerializable(typeof(ListView<EventTypeView>))]
[JsonSerializable(typeof(EndpointBody))]
[JsonSerializable(typeof(EndpointView))]
[JsonSerializable(typeof(ListView<EndpointView>))]
[JsonSerializable(typeof(SecretView))]
[JsonSerializable(typeof(RotationBody))]
[JsonSerializable(typeof(MessageBody))]
[JsonSerializable(typeof(ReceiptView))]
[JsonSerializable(typeof(MessageView))]
[JsonSerializable(typeof(ListView<MessageView>))]
[JsonSerializable(typeof(DeliveryView))]
[JsonSerializable(typeof(ListView<DeliveryView>))]
[JsonSerializable(typeof(ListView<AttemptView>))]
[JsonSerializable(typeof(TestBody))]
[JsonSerializable(typeof(TestView))]
[JsonSerializable(typeof(SimulationBody))]
[JsonSerializable(typeof(SimulationView))]
[JsonSerializable(typeof(VerifyBody))]
[JsonSerializable(typeof(VerifyView))]
[JsonSerializable(typeof(ReplayBody))]
[JsonSerializable(typeof(ReplayView))]
[JsonSerializable(typeof(ListView<ReplayView>))]
[JsonSerializable(typeof(KeyBody))]
[JsonSerializable(typeof(NewKeyView))]
[JsonSerializable(typeof(ListView<KeyView>))]
internal sealed partial class ApiJson : JsonSerializerContext;
