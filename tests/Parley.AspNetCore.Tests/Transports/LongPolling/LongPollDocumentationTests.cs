using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Parley.Testing;

namespace Parley.AspNetCore.Tests.Transports.LongPolling;

/// <summary>The client that <c>docs/protocol/long-polling.md</c> shows, taken from the page.</summary>
public sealed class LongPollDocumentationTests
{
    /// <summary>Subscribes, publishes, and loses the answers to some of its requests on the way.</summary>
    private const string Driver = """
        const { url, count } = JSON.parse(process.argv[2]);
        const real = globalThis.fetch;
        let requests = 0;
        globalThis.fetch = async (address, options) => {
          const answer = await real(address, options);
          const mayBeLost = options.headers['Parley-Session'] && options.method === 'POST';
          if (mayBeLost && requests++ < 9 && requests % 3 === 0) { await answer.text(); throw new Error('lost'); }
          return answer;
        };
        let connection, published = 0;
        const seen = [];
        const onBatch = text => {
          for (const reply of text.split('\n').filter(line => line).map(line => JSON.parse(line))) {
            if (reply.push?.pub) seen.push(reply.push.pub.data);
            if (reply.id > 2) published++;
          }
          if (seen.length >= count && published >= count) {
            connection.close().then(answer => console.log(JSON.stringify({ seen, status: answer.status })));
          }
        };
        const connect = '{"id":1,"connect":{}}\n{"id":2,"subscribe":{"channel":"news"}}';
        connection = await open(url, connect, { onBatch, onEnd: why => console.log(JSON.stringify({ why })) });
        for (let n = 1; n <= count; n++) {
          connection.send(JSON.stringify({ id: n + 2, publish: { channel: 'news', data: n } }));
          if (n % 4 === 0) await new Promise(done => setImmediate(done));
        }
        """;

    [Fact]
    public async Task ClientOfThePage_ReceivesEverythingOnceAndInOrder_ThoughAnswersAreLost()
    {
        await using var application = await StartAsync();
        var script = Path.Combine(Path.GetTempPath(), $"parley-long-poll-{Guid.NewGuid():N}.mjs");
        await File.WriteAllTextAsync(script, await ReadClientAsync() + Driver);
        try
        {
            var url = new Uri(new Uri(application.Urls.Single()), "/connection/long_poll");

            var outcome = Assert.Single(await NodeScript.RunAsync(script, new { url, count = 40 }).WaitAsync(Patience.Limit));

            Assert.Equal(Enumerable.Range(1, 40), outcome.GetProperty("seen").Deserialize<int[]>()!);
            Assert.Equal(204, outcome.GetProperty("status").GetInt32());
        }
        finally
        {
            File.Delete(script);
        }
    }

    private static async Task<string> ReadClientAsync()
    {
        var page = await File.ReadAllTextAsync(Repository.PathOf("docs", "protocol", "long-polling.md"));
        var start = page.IndexOf("```js\n", StringComparison.Ordinal) + "```js\n".Length;
        return page[start..page.IndexOf("```\n", start, StringComparison.Ordinal)];
    }

    private static async Task<WebApplication> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Services.AddParley(static options => options.Clients.Insecure = true);
        var application = builder.Build();
        application.MapParley();
        await application.StartAsync();
        return application;
    }
}
