using System.Text;
using Jint;
using Jint.Native.Json;
using Parley.Webhooks.Transformations.Workers;

namespace Parley.Webhooks.Transformations.Scripts;

/// <summary>Runs a script on a webhook, in an engine of its own.</summary>
/// <remarks>
/// Only for a worker process. The engine's limits are looked at between steps, so a single step can take all the time and memory
/// there is: the worker's heap limit and its server's clock hold against that.
/// </remarks>
internal static class ScriptRunner
{
    private const int MaxDepth = 256;

    // Works on what JSON was before the script could change it, and hands out text only: no object of the script is touched from outside.
    private static readonly Prepared<Acornima.Ast.Script> Caller = Engine.PrepareScript(
        """
        ((stringify, isArray) => (transform, webhook) => {
          const result = transform(webhook);
          if (result === null) return 'null';
          if (typeof result !== 'object') return stringify(typeof result);
          if (isArray(result)) return stringify('array');
          if (typeof result.then === 'function') return stringify('promise');
          const answer = {};
          for (const name of ['url', 'method', 'headers', 'payload', 'body']) {
            const value = result[name];
            if (value === undefined) continue;
            if (typeof value === 'function' || typeof value === 'symbol') return stringify(name);
            answer[name] = value;
          }
          return stringify(answer);
        })(JSON.stringify, Array.isArray)
        """, strict: true);

    private static readonly Prepared<Acornima.Ast.Script> Transform =
        Engine.PrepareScript("typeof transform === 'function' ? transform : undefined", strict: true);

    /// <returns>The result, checked; a fault of the script is one too.</returns>
    /// <exception cref="OutOfMemoryException">The worker's heap is used up, after which it can promise nothing.</exception>
    public static TransformationResult Run(WorkerRequest request, ScriptCache scripts)
    {
        try
        {
            return Run(request.Input, scripts.Prepare(request.Script), NewEngine(request.Limits));
        }
        catch (Exception exception) when (exception is not OutOfMemoryException)
        {
            return ScriptFailures.Describe(exception);
        }
    }

    /// <summary>Runs a script of ours once, so that the time of the first one does not go into compiling the engine.</summary>
    public static void WarmUp(ScriptCache scripts)
    {
        const string Script =
            """
            function transform(webhook) {
              const { id, ...rest } = webhook.payload;
              webhook.headers['x-id'] = `${id}`.replace(/[^0-9]/g, '').toUpperCase();
              webhook.payload = { ...rest, items: rest.items.filter(i => i.n > 1).map(i => i.n * 2), at: new Date(0).toISOString() };
              if (webhook.channels.includes('none')) return null;
              try { JSON.parse('?'); } catch (error) { webhook.payload.error = error.message; }
              return webhook;
            }
            """;
        var input = new TransformationInput(
            "msg_1", "a.b", "http://localhost/", "POST", new Dictionary<string, string>(),
            Encoding.UTF8.GetBytes("""{"id":1,"items":[{"n":1},{"n":2.5}]}"""), ["c"], 1);
        Run(new WorkerRequest(Script, input, new ScriptLimits(TimeSpan.FromMinutes(1), long.MaxValue, int.MaxValue)), scripts);
    }

    private static TransformationResult Run(TransformationInput input, Prepared<Acornima.Ast.Script> script, Engine engine)
    {
        var parser = new JsonParser(engine, MaxDepth);
        var payload = parser.Parse(input.Payload.Span);
        var unchanged = new JsonSerializer(engine).Serialize(payload).AsString();
        var webhook = parser.Parse(ScriptWebhook.Describe(input)).AsObject();
        webhook.Set("payload", payload);

        var caller = engine.Evaluate(Caller);
        engine.Execute(script);
        var transform = engine.Evaluate(Transform);
        if (transform.IsUndefined())
            return new TransformationResult.Failed(TransformationErrors.NoTransformFunction, "The script defines no function named transform.");

        var answer = engine.Invoke(caller, transform, webhook).AsString();
        return ScriptAnswer.Read(answer, input, unchanged);
    }

    private static Engine NewEngine(ScriptLimits limits) => new(options =>
    {
        options.Strict();
        options.DisableStringCompilation();
        options.AgentCanSuspend = false;
        options.LimitMemory(limits.Bytes);
        options.MaxStatements(limits.Statements);
        options.LimitRecursion(64);
        options.Constraint(new ScriptDeadline(limits.Time));
        options.Constraints.RegexTimeout = ScriptLimits.RegexTime;
        options.Constraints.MaxArraySize = 1_000_000;
        options.Constraints.StackOverflowGuard = true; // without it four known scripts end the process
        options.Json.MaxParseDepth = MaxDepth;
    });
}
