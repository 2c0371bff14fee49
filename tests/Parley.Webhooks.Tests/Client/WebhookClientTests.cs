using System.Net;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Parley.Testing;
using Parley.Webhooks.Http;
using Parley.Webhooks.Ids;
using Parley.Webhooks.Storage;
using Parley.Webhooks.Tests.Support;

namespace Parley.Webhooks.Tests.Client;

public sealed class WebhookClientTests(ApiHost host) : IClassFixture<ApiHost>
{
    private readonly ObservedTime _time = new();

    [Fact]
    public async Task What_is_sent_arrives_with_all_its_fields_and_the_bytes_of_its_payload()
    {
        var application = await host.NewApplicationAsync();
        using var client = NewClient(host.Address);
        var deliverAt = _time.GetUtcNow().AddHours(1);

        var receipt = await client.SendAsync(application, Message("""{"n": 1.50, "s":"ü</"}""") with
        {
            Uid = "u-1",
            Channels = ["eu"],
            Tags = ["a", "b\"c"],
            DeliverAt = deliverAt,
            ExpiresAt = deliverAt.AddHours(1),
        });

        Assert.True(WebhookId.TryParse(WebhookId.Message, receipt.Id, out var id) & WebhookId.TryParse(WebhookId.Application, application, out var owner));
        var stored = (await host.Services.GetRequiredService<IWebhookStore>().ReadMessageAsync(owner, id))!;
        Assert.False(receipt.IsDuplicate);
        Assert.Equal(("order.created", "u-1", """{"n": 1.50, "s":"ü</"}"""), (stored.EventType, stored.Uid, Encoding.UTF8.GetString(stored.Payload.Span)));
        Assert.Equal(["eu", "a", "b\"c"], stored.Channels.Concat(stored.Tags));
        Assert.Equal((deliverAt.ToUnixTimeMilliseconds(), TimeSpan.FromHours(1)),
            (stored.DeliverAt?.ToUnixTimeMilliseconds(), stored.ExpiresAt - stored.DeliverAt));
    }

    [Fact]
    public async Task A_second_message_with_a_uid_is_the_first_one()
    {
        var application = await host.NewApplicationAsync();
        using var client = NewClient(host.Address);

        var first = await client.SendAsync(application, Message() with { Uid = "u" });
        var again = await client.SendAsync(application, Message() with { Uid = "u" });

        Assert.Equal(new WebhookReceipt(first.Id, IsDuplicate: true), again);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("u")]
    public async Task When_the_answer_is_lost_it_is_sent_again_and_is_one_message(string? uid)
    {
        var application = await host.NewApplicationAsync();
        await using var relay = new TcpRelay(IPEndPoint.Parse(host.Address.Authority));
        relay.CutAfter(TcpDirection.ToClient, 0);
        using var client = NewClient(new Uri(relay.Address, host.Address.AbsolutePath));

        var sending = client.SendAsync(application, Message() with { Uid = uid }).AsTask();
        var wait = await _time.PassWaitAsync(static wait => wait < TimeSpan.FromSeconds(10));
        var receipt = await sending;

        Assert.InRange(wait.TotalSeconds, 0.1, 0.2);
        Assert.True(receipt.IsDuplicate);
        var list = (await host.CallAsync("GET", $"applications/{application}/messages")).Body.GetProperty("data");
        Assert.Equal(receipt.Id, Assert.Single(list.EnumerateArray()).GetProperty("id").GetString());
    }

    [Fact]
    public async Task A_server_that_cannot_be_reached_is_tried_four_times_ever_later()
    {
        var gone = new TcpRelay(IPEndPoint.Parse(host.Address.Authority));
        await gone.DisposeAsync();
        using var client = NewClient(gone.Address);

        var sending = client.SendAsync("acme", Message()).AsTask();
        var waits = new List<double>();
        while (waits.Count < 3)
            waits.Add((await _time.PassWaitAsync(static wait => wait < TimeSpan.FromSeconds(10))).TotalSeconds);
        var exception = await Assert.ThrowsAsync<WebhookStoreException>(() => sending);

        Assert.Equal(WebhookStoreProblem.Unavailable, exception.Problem);
        Assert.Contains("cannot be reached", exception.Message, StringComparison.Ordinal);
        Assert.InRange(waits[1], 0.4, 0.8);
        Assert.InRange(waits[2], 1.6, 3.2);
    }

    /// <remarks>One in a hundred of these connections is gone when the web client asks for its address, which gives a bare SocketException.</remarks>
    [Fact]
    public async Task A_server_that_resets_each_connection_as_soon_as_it_is_made_cannot_be_reached()
    {
        await using var relay = new TcpRelay(IPEndPoint.Parse(host.Address.Authority)) { IsRefusing = true };
        using var client = NewClient(relay.Address, static options => options.MaxAttempts = 1);

        for (var i = 0; i < 2000; i++)
        {
            var exception = await Assert.ThrowsAsync<WebhookStoreException>(async () => await client.SendAsync("acme", Message()));
            Assert.Equal(WebhookStoreProblem.Unavailable, exception.Problem);
        }
    }

    [Fact]
    public async Task A_server_that_does_not_answer_is_not_waited_for_longer_than_the_timeout()
    {
        await using var server = await AnswerAsync(static _ => new TaskCompletionSource().Task);
        using var client = NewClient(AddressOf(server), static options => options.MaxAttempts = 1);

        var sending = client.SendAsync("acme", Message()).AsTask();
        await _time.PassWaitAsync(static wait => wait == TimeSpan.FromSeconds(10));

        Assert.Contains("within 10 seconds", (await Assert.ThrowsAsync<WebhookStoreException>(() => sending)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_the_server_asks_to_wait_is_waited()
    {
        var requests = 0;
        await using var server = await AnswerAsync(context =>
        {
            if (Interlocked.Increment(ref requests) == 2)
                return context.Response.WriteAsync("""{"id":"msg_1","duplicate":false}""");
            context.Response.StatusCode = 503;
            context.Response.Headers.RetryAfter = "3";
            return context.Response.WriteAsync("""{"status":503,"code":"storage_unavailable","detail":"Later."}""");
        });
        using var client = NewClient(AddressOf(server));

        var sending = client.SendAsync("acme", Message()).AsTask();
        var wait = await _time.PassWaitAsync(static wait => wait < TimeSpan.FromSeconds(10));

        Assert.Equal("msg_1", (await sending).Id);
        Assert.Equal(TimeSpan.FromSeconds(3), wait);
    }

    [Fact]
    public async Task What_is_refused_says_why_and_is_not_sent_again()
    {
        var application = await host.NewApplicationAsync();
        using var client = NewClient(host.Address);
        await client.SendAsync(application, Message() with { Uid = "u" });

        var unknown = await Assert.ThrowsAsync<WebhookException>(async () => await client.SendAsync("nobody", Message()));
        var conflict = await Assert.ThrowsAsync<WebhookException>(async () => await client.SendAsync(application, Message("[1]") with { Uid = "u" }));
        var large = await Assert.ThrowsAsync<WebhookException>(async () => await client.SendAsync(application, Message($"\"{new string('x', 10_000)}\"")));
        var wrong = await Assert.ThrowsAsync<WebhookException>(async () => await client.SendAsync(application, Message("""{}, "uid":"x" """)));

        Assert.Equal(("not_found", "message_exists", "invalid", "invalid"), (unknown.Code, conflict.Code, large.Code, wrong.Code));
        Assert.Contains("/payload", large.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_wrong_key_is_refused()
    {
        using var client = NewClient(host.Address, static options => options.Key = "not-the-operator-key");

        Assert.Equal("unauthorized", (await Assert.ThrowsAsync<WebhookException>(async () => await client.SendAsync("acme", Message()))).Code);
    }

    [Theory]
    [InlineData(404, "<html>")]
    [InlineData(200, "{}")]
    [InlineData(500, "")]
    [InlineData(302, "")]
    public async Task An_answer_that_is_not_of_Parley_says_nothing_of_the_message(int status, string body)
    {
        await using var server = await AnswerAsync(context =>
        {
            context.Response.StatusCode = status;
            context.Response.Headers.Location = "/elsewhere";
            return context.Response.WriteAsync(body);
        });
        using var client = NewClient(AddressOf(server));

        var exception = await Assert.ThrowsAsync<WebhookStoreException>(async () => await client.SendAsync("acme", Message()));

        Assert.Contains($"answered {status}", exception.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Address", "http://127.0.0.1:8000/api/webhooks")]
    [InlineData("Key", "must be a key")]
    public void Bad_options_are_named_with_what_to_write_instead(string name, string remedy)
    {
        var services = new ServiceCollection().AddWebhookClient(static options => options.Key = "with space").BuildServiceProvider();

        var exception = Assert.Throws<OptionsValidationException>(() => services.GetRequiredService<IWebhooks>());

        Assert.Contains(exception.Failures, failure => failure.Contains($"WebhookClientOptions.{name}", StringComparison.Ordinal)
            && failure.Contains(remedy, StringComparison.Ordinal));
        Assert.DoesNotContain("with space", exception.Message, StringComparison.Ordinal);
    }

    private static WebhookMessage Message(string payload = "{}") => new("order.created", Encoding.UTF8.GetBytes(payload));

    private static Uri AddressOf(WebApplication server) => new(server.Urls.Single());

    private WebhookClient NewClient(Uri address, Action<WebhookClientOptions>? configure = null)
    {
        var options = new WebhookClientOptions { Address = address, Key = ApiHost.OperatorKey };
        configure?.Invoke(options);
        return new WebhookClient(Options.Create(options), _time, new Random(1));
    }

    private static async Task<WebApplication> AnswerAsync(RequestDelegate answer)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.WebHost.UseShutdownTimeout(TimeSpan.Zero);
        builder.Logging.ClearProviders();
        var server = builder.Build();
        server.Run(answer);
        await server.StartAsync();
        return server;
    }
}
