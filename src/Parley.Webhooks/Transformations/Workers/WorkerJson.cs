using System.Text.Json.Serialization;

namespace Parley.Webhooks.Transformations.Workers;

/// <summary>The fields of what this server and its workers say to each other, who are always of one version.</summary>
[JsonSourceGenerationOptions(RespectNullableAnnotations = true, RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(WorkerRequest))]
[JsonSerializable(typeof(WorkerAnswer))]
internal sealed partial class WorkerJson : JsonSerializerContext;
