namespace Parley.Server.Tests.Commands;

public sealed class CommandLineTests : IDisposable
{
    private readonly TestFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("--frobnicate", "--frobnicate")]
    [InlineData("frobnicate", "frobnicate")]
    [InlineData("serve --frobnicate", "--frobnicate")]
    [InlineData("--Parly:Clients:Insecure true", "--Parly:Clients:Insecure")]
    [InlineData("serve --Parley:Clients:Insecure", "--Parley:Clients:Insecure")]
    [InlineData("serve --config", "--config")]
    [InlineData("token", "--user")]
    [InlineData("token --user alice --ttl 5", "--ttl")]
    [InlineData("token --user alice --info {", "--info")]
    [InlineData("token --user alice --expire-at yesterday", "--expire-at")]
    [InlineData("token --user alice --channel a --channels b", "--channels")]
    public async Task A_command_line_that_is_not_understood_exits_with_2_and_names_what(string arguments, string named)
    {
        await using var run = await ServerProcess.RunAsync(_folder, arguments.Split(' '));

        Assert.Equal(2, run.ExitCode);
        Assert.Contains(named, run.Error);
        Assert.Contains("--help", run.Error);
        Assert.Empty(Directory.GetFileSystemEntries(_folder.Path));
    }

    [Fact]
    public async Task A_misspelt_command_is_answered_with_a_suggestion()
    {
        await using var run = await ServerProcess.RunAsync(_folder, ["tokn"]);

        Assert.Contains("token", run.Everything.Replace("tokn", "", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("--help", "serve", "token", "check", "version", "--config", "--dev", "--urls", "Parley__")]
    [InlineData("serve --help", "SIGTERM", "--dev")]
    [InlineData("token --help", "--user", "--ttl", "--info", "--channel", "--channels", "--expire-at")]
    [InlineData("check --help", "masked")]
    public async Task Help_tells_what_there_is(string arguments, params string[] expected)
    {
        await using var run = await ServerProcess.RunAsync(_folder, arguments.Split(' '));

        Assert.Equal(0, run.ExitCode);
        Assert.All(expected, part => Assert.Contains(part, run.Output));
    }

    [Fact]
    public async Task Version_prints_the_version_of_the_server_and_of_dotnet()
    {
        await using var run = await ServerProcess.RunAsync(_folder, ["version"]);

        Assert.Equal(0, run.ExitCode);
        Assert.Matches(@"^Parley \d+\.\d+\.\d+.*\.NET \d+", run.Output);
    }
}
