using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Parley.Testing;
using Parley.Webhooks.Tests.Support;

namespace Parley.Webhooks.Tests.DependencyInjection;

/// <summary>How an application adds webhooks, with and without the real-time part.</summary>
public sealed class RegistrationTests : IAsyncDisposable
{
    private const string Key = "operator-key-operator-key";

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("parley-registration-");
    private readonly List<WebApplication> _started = [];

    public async ValueTask DisposeAsync()
    {
        foreach (var application in _started)
            await application.EndNowAsync();
        _folder.Delete(recursive: true);
    }

    [Fact]
    public async Task Beside_the_real_time_part_webhooks_are_added_to_what_it_returns()
    {
        var application = await StartAsync(services => services.AddParley().AddWebhooks(Allow));

        await DeliversAsync(application);

        var published = await application.Services.GetRequiredService<IPublisher>().PublishAsync("news", "{}"u8.ToArray());
        Assert.Equal(0UL, published.Position.Offset);
    }

    [Fact]
    public async Task Without_the_real_time_part_webhooks_are_added_to_the_services()
    {
        var application = await StartAsync(services => services.AddWebhooks(Allow));

        await DeliversAsync(application);

        Assert.Null(application.Services.GetService<IParley>());
    }

    [Fact]
    public async Task Both_take_their_options_from_configuration()
    {
        var section = new ConfigurationBuilder().AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["Parley:Webhooks:AllowPrivateNetworks:0"] = "127.0.0.0/8",
            ["Parley:Webhooks:OperatorKeys:0"] = Key,
        }).Build().GetSection("Parley:Webhooks");

        var both = await StartAsync(services => services.AddParley().AddWebhooks(section));
        var alone = await StartAsync(services => services.AddWebhooks(section));

        await DeliversAsync(both);
        await DeliversAsync(alone);
    }

    [Fact]
    public async Task Whoever_adds_webhooks_twice_has_them_once_with_the_options_of_both()
    {
        var application = await StartAsync(services =>
        {
            services.AddWebhooks(static options => options.OperatorKeys = [Key]).UseSqlite(Path.Combine(_folder.FullName, "unused.db"));
            return services.AddParley().AddWebhooks(static options => options.AllowPrivateNetworks = ["127.0.0.0/8"]);
        });

        await DeliversAsync(application);

        Assert.Single(application.Services.GetServices<IHostedService>(), static service => service is WebhookHostedService);
        Assert.False(File.Exists(Path.Combine(_folder.FullName, "unused.db")));
    }

    [Fact]
    public async Task Without_a_store_the_start_says_what_to_call()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.Services.AddParley().AddWebhooks();
        await using var application = builder.Build();

        var exception = await Assert.ThrowsAsync<InvalidOperationException>(() => application.StartAsync());

        Assert.Contains("UseSqlite", exception.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Webhooks_of_its_own_and_those_of_a_server_are_not_added_to_one_application(bool isClientFirst)
    {
        var services = new ServiceCollection();
        Action[] calls = [() => services.AddParley().AddWebhooks(Allow), () => services.AddWebhookClient(static options => options.Key = Key)];
        var (first, second) = isClientFirst ? (calls[1], calls[0]) : (calls[0], calls[1]);
        first();

        var exception = Assert.Throws<InvalidOperationException>(second);

        Assert.Contains("AddWebhooks and AddWebhookClient were both called", exception.Message, StringComparison.Ordinal);
        Assert.Contains("keep AddWebhooks where", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_client_may_be_added_twice_too_and_has_the_options_of_both()
    {
        var address = new Uri("http://127.0.0.1:8000/api/webhooks");
        var services = new ServiceCollection()
            .AddWebhookClient(options => options.Address = address)
            .AddWebhookClient(static options => options.Key = Key)
            .BuildServiceProvider();

        Assert.Single(services.GetServices<IWebhooks>());
        var options = services.GetRequiredService<IOptions<WebhookClientOptions>>().Value;
        Assert.Equal((address, Key), (options.Address, options.Key));
    }

    private static void Allow(WebhookOptions options) => (options.OperatorKeys, options.AllowPrivateNetworks) = ([Key], ["127.0.0.0/8"]);

    private async Task<WebApplication> StartAsync(Func<IServiceCollection, IWebhooksBuilder> add)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        add(builder.Services).UseSqlite(Path.Combine(_folder.FullName, $"{Guid.NewGuid():N}.db"));
        builder.Services.AddDataProtection().PersistKeysToFileSystem(_folder.CreateSubdirectory("keys"));
        var application = builder.Build();
        application.MapParleyWebhooks();
        _started.Add(application);
        await application.StartAsync();
        return application;
    }

    /// <summary>Registers an endpoint as a customer does, and sends as the application does.</summary>
    private static async Task DeliversAsync(WebApplication application)
    {
        await using var receiver = await Receiver.StartAsync();
        using var client = new HttpClient { BaseAddress = new Uri(application.Urls.Single() + "/api/webhooks/") };
        client.DefaultRequestHeaders.Add("X-API-Key", Key);
        await PostAsync(client, "applications", """{"uid":"acme"}""");
        await PostAsync(client, "applications/acme/endpoints", $$"""{"url":"{{receiver.Url}}"}""");

        var receipt = await application.Services.GetRequiredService<IWebhooks>().SendAsync("acme", new WebhookMessage("order.placed", "{}"u8.ToArray()));

        Assert.Equal(receipt.Id, (await receiver.NextAsync()).Id);
    }

    private static async Task PostAsync(HttpClient client, string path, string body)
    {
        using var content = new StringContent(body, Encoding.UTF8, "application/json");
        using var response = await client.PostAsync(path, content);
        Assert.True(response.IsSuccessStatusCode, await response.Content.ReadAsStringAsync());
    }
}
