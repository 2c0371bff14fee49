using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using Parley.Testing;
using Parley.Webhooks.Transformations;

namespace Parley.Webhooks.Tests.Transformations;

/// <summary>Pools with real worker processes, and webhooks to transform.</summary>
internal static class Transformers
{
    /// <summary>Defines a transformation that changes nothing.</summary>
    public const string Same = "function transform(webhook) { return webhook; }";

    /// <summary>Starts a worker as an application's own <c>Main</c> would.</summary>
    public static WorkerCommand Worker { get; } = WorkerCommand.For("dotnet", FindWorker());

    public static TransformationPool NewPool(Action<TransformationOptions>? configure = null, TimeProvider? time = null)
    {
        var options = new TransformationOptions
        {
            Command = Worker,
            Workers = 2,
            // A busy machine is slow, and these tests are not about that.
            ScriptTime = TimeSpan.FromSeconds(5),
            WallTime = Patience.Limit,
            StartTime = Patience.Limit,
            WaitTime = Patience.Limit,
        };
        configure?.Invoke(options);
        return new TransformationPool(options, time ?? TimeProvider.System, NullLogger<TransformationPool>.Instance);
    }

    public static TransformationInput NewInput(string payload = """{"total":1}""", int attempt = 1) => new(
        "msg_1",
        "invoice.paid",
        "https://example.com/hook",
        "POST",
        new Dictionary<string, string> { ["x-tenant"] = "acme" },
        Encoding.UTF8.GetBytes(payload),
        ["eu", "vip"],
        attempt);

    public static async Task<TransformationResult> RunAsync(this ITransformer transformer, string script, TransformationInput? input = null) =>
        await transformer.TransformAsync(script, input ?? NewInput(), CancellationToken.None);

    public static async Task<TransformationResult.Changed> ChangeAsync(this ITransformer transformer, string script, TransformationInput? input = null) =>
        Assert.IsType<TransformationResult.Changed>(await transformer.RunAsync(script, input));

    public static async Task<TransformationResult.Failed> FailAsync(this ITransformer transformer, string script, TransformationInput? input = null) =>
        Assert.IsType<TransformationResult.Failed>(await transformer.RunAsync(script, input));

    /// <summary>The body as text.</summary>
    public static string Text(this TransformationResult.Changed result) => Encoding.UTF8.GetString(result.Body.Span);

    private static string FindWorker()
    {
        const string Project = "Parley.TransformationWorker";
        var path = Repository.PathOf("tests", Project, "bin", Repository.Configuration, "net10.0", Project + ".dll");
        return File.Exists(path) ? path : throw new FileNotFoundException("The worker of the tests is not built.", path);
    }
}
