using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Parley.AspNetCore;
using Parley.Server.Configuration;
using Parley.Server.Hosting;

namespace Parley.Server.Tests.Hosting;

public sealed class InlinePathsTests : IDisposable
{
    private readonly TestFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task What_runs_on_the_threads_that_wait_for_sockets_is_the_api()
    {
        var settings = ServerSettings.Load(new()
        {
            Values = [new("Parley:DataDirectory", _folder.Path), new("Parley:Webhooks:Storage", "none"), new("Parley:Tokens:HmacSecret", new string('s', 32))],
        });
        await using var application = ServerApplication.Build(settings);

        var paths = application.Services.GetRequiredService<IOptions<ParleySocketOptions>>().Value.InlinePaths;

        Assert.Equal(["/api/publish", "/api/broadcast", "/api/batch"], paths);
        var endpoints = ((IEndpointRouteBuilder)application).DataSources.SelectMany(static source => source.Endpoints).OfType<RouteEndpoint>();
        Assert.Equal(paths.Order(), endpoints.Select(static endpoint => endpoint.RoutePattern.RawText!).Where(paths.Contains).Order());
    }
}
