using System.Diagnostics;
using Parley.Testing;
using Parley.Webhooks.Transformations;
using Parley.Webhooks.Transformations.Workers;

namespace Parley.Webhooks.Tests.Transformations;

public sealed class WorkerTests
{
    // A first answer as a worker gives it, written by a shell.
    private const string Ready = """printf '\017\000\000\000{"Result":null}'; """;

    [Fact]
    public async Task A_worker_ends_when_its_server_is_gone()
    {
        var start = new ProcessStartInfo(Transformers.Worker.Program, Transformers.Worker.Arguments) { RedirectStandardInput = true, RedirectStandardOutput = true };
        using var worker = Process.Start(start)!;
        var answer = await Frames.ReadAsync(worker.StandardOutput.BaseStream, WorkerJson.Default.WorkerAnswer);

        worker.StandardInput.Close();
        await worker.WaitForExitAsync().WaitAsync(Patience.Limit);

        Assert.Equal(new WorkerAnswer(null), answer);
        Assert.Equal(0, worker.ExitCode);
    }

    [Fact]
    public async Task A_worker_does_not_inherit_the_environment()
    {
        Environment.SetEnvironmentVariable("PARLEY_TEST_SECRET", "canary");
        await using var pool = Transformers.NewPool();
        await pool.ChangeAsync(Transformers.Same);

        var environment = await File.ReadAllTextAsync($"/proc/{Assert.Single(pool.ProcessIds)}/environ");

        var names = environment.Split('\0', StringSplitOptions.RemoveEmptyEntries).Select(static line => line[..line.IndexOf('=')]);
        Assert.Subset(
            new HashSet<string> { "PATH", "HOME", "DOTNET_ROOT", "DOTNET_GCHeapHardLimit", "DOTNET_gcServer", "DOTNET_TieredPGO", "DOTNET_EnableDiagnostics" },
            names.ToHashSet());
        Assert.Contains("DOTNET_GCHeapHardLimit=8000000\0", environment, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_worker_gives_up_core_dumps()
    {
        await using var pool = Transformers.NewPool();
        await pool.ChangeAsync(Transformers.Same);

        var limits = await File.ReadAllLinesAsync($"/proc/{Assert.Single(pool.ProcessIds)}/limits");

        Assert.Matches("^Max core file size +0 +0 ", limits.Single(static line => line.StartsWith("Max core", StringComparison.Ordinal)));
        Assert.Matches("^Max open files +256 +256 ", limits.Single(static line => line.StartsWith("Max open files", StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData("no such program")]
    [InlineData("/bin/sh", "-c", "echo This application writes a line and stays; cat")]
    [InlineData("/bin/sh", "-c", "exit 1")]
    public async Task A_program_that_is_no_worker_is_refused(string program, params string[] arguments)
    {
        await using var pool = Transformers.NewPool(options => options.Command = new WorkerCommand(program, arguments));

        var failure = await pool.FailAsync(Transformers.Same);

        Assert.Equal(TransformationErrors.WorkerUnavailable, failure.Code);
        Assert.Empty(pool.ProcessIds);
    }

    [Theory]
    [InlineData("head -c 4 >&2; echo 'Out of memory.' >&2", TransformationErrors.OutOfMemory)]
    [InlineData("head -c 4 >&2; echo 'Stack overflow.' >&2", TransformationErrors.ScriptError)]
    [InlineData("head -c 4 >&2; yes | head -c 1000000 >&2; echo 'Out of memory.' >&2", TransformationErrors.OutOfMemory)]
    [InlineData("head -c 4 >&2; echo This is no frame; cat", TransformationErrors.ScriptError)]
    public async Task The_last_words_of_a_worker_tell_how_it_ended(string end, string code)
    {
        await using var pool = Transformers.NewPool(options => options.Command = new WorkerCommand("/bin/sh", "-c", Ready + end));

        var failure = await pool.FailAsync(Transformers.Same);

        Assert.Equal(code, failure.Code);
        Assert.Empty(pool.ProcessIds);
    }

    [Fact]
    public async Task What_a_worker_says_is_checked_again()
    {
        const string Forged = """{"Result":{"$type":"changed","Url":"http://a/","Method":"POST","Headers":{"a":"b\r\nc"},"Body":"","IsRawBody":true}}""";
        var script = Ready + $"head -c 4 >&2; printf '\\{Convert.ToString(Forged.Length, 8)}\\000\\000\\000%s' '{Forged}'; cat >&2";
        await using var pool = Transformers.NewPool(options => options.Command = new WorkerCommand("/bin/sh", "-c", script));

        var failure = await pool.FailAsync(Transformers.Same);

        Assert.Equal(TransformationErrors.InvalidResult, failure.Code);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData((4 * 1024 * 1024) + 1)]
    public void A_frame_with_a_length_that_is_not_allowed_is_refused(int length)
    {
        using var input = new MemoryStream(BitConverter.GetBytes(length));
        using var output = new MemoryStream();

        Assert.Throws<InvalidDataException>(() => TransformationWorker.Run(input, output));
    }

    [Fact]
    public void A_frame_that_is_no_request_is_refused()
    {
        using var input = new MemoryStream([2, 0, 0, 0, .. "{}"u8]);
        using var output = new MemoryStream();

        Assert.Throws<InvalidDataException>(() => TransformationWorker.Run(input, output));
    }

    [Fact]
    public void An_application_that_is_not_asked_goes_on()
    {
        Assert.False(WebhookTransformationWorker.RunIfAsked([]));
        Assert.False(WebhookTransformationWorker.RunIfAsked(["serve", WebhookTransformationWorker.Argument]));
    }

    [Theory]
    [InlineData("/usr/bin/dotnet", "/usr/bin/dotnet exec /app/Shop.dll webhook-transformation-worker")]
    [InlineData("/app/Shop", "/app/Shop webhook-transformation-worker")]
    public void An_application_starts_itself_as_a_worker(string process, string command)
    {
        var (program, arguments) = WorkerCommand.For(process, "/app/Shop.dll");

        Assert.Equal(command, $"{program} {string.Join(' ', arguments)}");
    }
}
