namespace Parley.Server.Tests.DevPage;

/// <summary>A server in development mode.</summary>
public sealed class DevServer : IAsyncLifetime
{
    public TestFolder Folder { get; } = new();

    public HttpClient Client { get; } = new();

    public ServerProcess Process { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        Process = ServerProcess.Start(Folder, ["--dev", "--urls", "http://127.0.0.1:0"]);
        Client.BaseAddress = await Process.WaitForAddressAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await Process.DisposeAsync();
        Client.Dispose();
        Folder.Dispose();
    }
}
