using System.Text.Json;

namespace Parley.Server.Tests.Hosting;

/// <summary>What the built server asks of the runtime.</summary>
public sealed class RuntimeSettingsTests
{
    [Theory]
    [InlineData("System.Threading.ThreadPool.UnfairSemaphoreSpinLimit", "0")]
    [InlineData("System.GC.Server", "false")]
    public async Task Setting_IsInWhatIsBuilt(string name, string value)
    {
        await using var file = File.OpenRead(Path.ChangeExtension(ServerProcess.AssemblyPath, ".runtimeconfig.json"));
        using var settings = await JsonDocument.ParseAsync(file, cancellationToken: TestContext.Current.CancellationToken);

        Assert.Equal(value, settings.RootElement.GetProperty("runtimeOptions").GetProperty("configProperties").GetProperty(name).GetRawText());
    }
}
