using System.Text.Json;
using System.Text.Json.Serialization;
using Parley.AspNetCore.Api.Messages;
using Parley.Sessions;

namespace Parley.AspNetCore.Api;

/// <summary>What became of a call: a result or an error, never both.</summary>
[JsonConverter(typeof(BatchConverter))]
internal sealed record ApiReply
{
    private ApiReply()
    {
    }

    public ClientError? Error { get; private init; }

    private ApiMethod? Method { get; init; }

    private object? Result { get; init; }

    public static ApiReply Success(ApiMethod method, object result) => new() { Method = method, Result = result };

    public static ApiReply Failure(ClientError error) => new() { Error = error };

    /// <summary>Writes the answer to a request of one call.</summary>
    public void WriteAnswer(Utf8JsonWriter writer)
    {
        if (Error is null && Method!.HasBareResult)
        {
            JsonSerializer.Serialize(writer, Result, Method.ResultType);
            return;
        }

        writer.WriteStartObject();
        WriteMember(writer, "result");
        writer.WriteEndObject();
    }

    /// <summary>Writes the member <c>error</c>, or the result under a name.</summary>
    public void WriteMember(Utf8JsonWriter writer, string resultName)
    {
        if (Error is not null)
        {
            writer.WritePropertyName("error");
            JsonSerializer.Serialize(writer, ApiError.From(Error), ApiJson.Default.ApiError);
        }
        else
        {
            writer.WritePropertyName(resultName);
            JsonSerializer.Serialize(writer, Result, Method!.ResultType);
        }
    }

    // In a batch a result is named after its method.
    internal sealed class BatchConverter : JsonConverter<ApiReply>
    {
        public override ApiReply Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
            throw new NotSupportedException("Replies are only written.");

        public override void Write(Utf8JsonWriter writer, ApiReply value, JsonSerializerOptions options)
        {
            writer.WriteStartObject();
            value.WriteMember(writer, value.Method?.Name ?? "");
            writer.WriteEndObject();
        }
    }
}
