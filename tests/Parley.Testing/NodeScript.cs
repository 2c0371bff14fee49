using System.Text.Json;
using System.Text.Json.Nodes;

namespace Parley.Testing;

/// <summary>
/// A script that runs on Node.js and speaks JSON: its only argument is one value, each line of its output another, and so is each
/// line that it reads. What it prints to standard error shows up in failures.
/// </summary>
public sealed class NodeScript : IAsyncDisposable
{
    private readonly ChildProcess _process;
    private readonly IAsyncEnumerator<string> _lines;

    private NodeScript(ChildProcess process)
    {
        _process = process;
        _lines = process.ReadLinesAsync().GetAsyncEnumerator();
    }

    /// <summary>The process it runs in.</summary>
    public ChildProcess Process => _process;

    /// <summary>Starts a script.</summary>
    /// <param name="path">Full path; packages are looked for in the <c>node_modules</c> beside it.</param>
    /// <param name="argument">Written as JSON with lower-case first letters; the script finds it in <c>process.argv[2]</c>.</param>
    /// <param name="environment">Added to that of the tests.</param>
    public static NodeScript Start(string path, object? argument = null, IEnumerable<KeyValuePair<string, string?>>? environment = null) =>
        new(ChildProcess.Start(
            "node", [path, JsonSerializer.Serialize(argument, JsonSerializerOptions.Web)], Path.GetDirectoryName(path), environment));

    /// <summary>Runs a script to its end.</summary>
    /// <returns>What it printed.</returns>
    /// <exception cref="InvalidOperationException">Its exit code was not 0.</exception>
    public static async Task<IReadOnlyList<JsonElement>> RunAsync(string path, object? argument = null)
    {
        await using var script = Start(path, argument);
        List<JsonElement> values = [];
        while (await script.ReadAsync() is { } value)
            values.Add(value);
        return await script._process.Exit == 0 ? values : throw new InvalidOperationException(script._process.Describe("failed"));
    }

    /// <summary>The next value that the script prints; null at its end.</summary>
    /// <exception cref="TimeoutException">Nothing came within <see cref="Patience.Limit"/>.</exception>
    /// <exception cref="JsonException">The line is no JSON.</exception>
    public async Task<JsonElement?> ReadAsync()
    {
        try
        {
            return await ReadForeverAsync().WaitAsync(Patience.Limit);
        }
        catch (TimeoutException)
        {
            throw new TimeoutException(_process.Describe("printed nothing"));
        }
    }

    /// <summary>As <see cref="ReadAsync"/>, for scripts that may be silent for long.</summary>
    public async Task<JsonElement?> ReadForeverAsync()
    {
        if (!await _lines.MoveNextAsync())
            return null;
        using var document = JsonDocument.Parse(_lines.Current);
        return document.RootElement.Clone();
    }

    /// <summary>Gives the script a value to read.</summary>
    /// <exception cref="InvalidOperationException">It has ended.</exception>
    public async Task SendAsync(JsonNode value)
    {
        try
        {
            await _process.WriteLineAsync(value.ToJsonString());
        }
        catch (IOException exception)
        {
            await _process.Exit;
            throw new InvalidOperationException(_process.Describe("has ended"), exception);
        }
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _process.DisposeAsync();
}
