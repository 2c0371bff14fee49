using System.Text.Json.Serialization.Metadata;

namespace Parley.AspNetCore.Api;

/// <summary>One method of the API: how its request is read, done and answered. Also what the OpenAPI document says of it.</summary>
/// <param name="name">As in the path.</param>
/// <param name="summary">What it does, for readers of the document.</param>
/// <param name="example">A request, for readers of the document.</param>
internal abstract class ApiMethod(string name, string summary, string example)
{
    public string Name => name;

    public string Summary => summary;

    public string Example => example;

    /// <summary>Whether a batch may hold it.</summary>
    public bool IsBatchable { get; init; } = true;

    /// <summary>Whether its result is the whole answer, without the member <c>result</c> around it.</summary>
    public bool HasBareResult { get; init; }

    public abstract JsonTypeInfo RequestType { get; }

    public abstract JsonTypeInfo ResultType { get; }

    /// <exception cref="ParleyException">The request is refused.</exception>
    /// <exception cref="UnreadableRequestException">A part of the request, read by the method itself, is not of its form.</exception>
    public abstract ValueTask<object> InvokeAsync(object request, ApiContext context);
}

internal sealed class ApiMethod<TRequest, TResult>(
    string name,
    string summary,
    string example,
    Func<TRequest, ApiContext, ValueTask<TResult>> handler) : ApiMethod(name, summary, example)
    where TRequest : class
    where TResult : class
{
    // Made when they are needed: those of all methods together would take a good part of the start.
    public override JsonTypeInfo RequestType => field ??= ApiJson.Default.GetTypeInfo(typeof(TRequest))!;

    public override JsonTypeInfo ResultType => field ??= ApiJson.Default.GetTypeInfo(typeof(TResult))!;

    public override async ValueTask<object> InvokeAsync(object request, ApiContext context) => await handler((TRequest)request, context);
}
