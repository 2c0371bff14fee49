using System.Net.Http.Headers;
using System.Text;
using Parley.Brokers;
using Parley.Sessions;

namespace Parley.AspNetCore.Tests.Api;

/// <summary>A publication is read in one of two ways, by how it comes and what it holds; nobody can tell which.</summary>
public sealed class PlainPublishTests : IAsyncLifetime
{
    private ApiHost _host = null!;

    public async ValueTask InitializeAsync() => _host = await ApiHost.StartAsync();

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    public static TheoryData<string> Bodies =>
    [
        """{"channel":"chat:1","data":{"a":[1,2,{"b":null}]}}""",
        """ {"data" : "x" , "channel" : "chat:1" } """,
        "{\r\n\t\"channel\":\"chat:1\",\n\"data\":null\n}\n",
        """{"chann\u0065l":"ch\u0061t:\ud83d\ude00","data":"\ud83d"}""",
        """{"channel":"\ud83d","data":1}""",
        """{"channel":"chat:1\ud83d","data":1}""",
        """{"channel":"ünï😀","data":"ünï😀"}""",
        """{"channel":"chat:1","data":1,"channel":"chat:2"}""",
        """{"channel":"","data":1,"channel":"chat:2"}""",
        """{"channel":"chat:1","channel":"chat:1","data":1}""",
        """{"channel":null,"channel":"chat:1","data":1}""",
        """{"channel":"chat:1","data":1,"data":2}""",
        """{"channel":"chat:1","data":{"a":1,"a":2}}""",
        """{"channel":"chat:1","data":1,"unknown":[]}""",
        """{"channel":"chat:1","data":1,"Channel":"chat:2"}""",
        """{"channel":"chat:1","data":1,"skip_history":true}""",
        """{"channel":"chat:1","data":1,"b64data":"AAH/"}""",
        """{"channel":"chat:1","data":1,"b64data":""}""",
        """{"channel":"chat:1","b64data":"AAH/"}""",
        """{"channel":"chat:1","data":1,"tags":{"a":1}}""",
        """{"channel":"chat:1","data":1}x""",
        """{"channel":"chat:1","data":1}{}""",
        """{"channel":"chat:1","data":1,}""",
        """{"channel":"chat:1","data":01}""",
        """{"channel":"chat:1","data":}""",
        """{"channel":"chat:1","data":"x""",
        """{"channel":"chat:1","data":1 /* why */}""",
        """{"channel":"chat:1"}""",
        """{"channel":["chat:1"],"data":1}""",
        """{"channel":7,"data":1}""",
        """{"channel":null,"data":1}""",
        """{"channel":"","data":1}""",
        """{"data":1}""",
        """["chat:1",1]""",
        "null",
        "7",
        "{}",
        " ",
        "x",
        "\uFEFF{\"channel\":\"chat:1\",\"data\":1}",
        $$"""{"channel":"chat:1","data":{{Nested(62)}}}""",
        $$"""{"channel":"chat:1","data":{{Nested(63)}}}""",
        $$"""{"channel":"chat:1","data":{{Nested(64)}}}""",
        $$"""{"channel":"{{new string('c', 300)}}","data":1}""",
        $$"""{"channel":"chat:1","data":"{{new string('x', 10_000)}}"}""",
        $$"""{"channel":"chat:1","data":"{{new string('x', 20_000)}}"}""",
    ];

    [Theory]
    [MemberData(nameof(Bodies))]
    public Task Publication_IsTakenOrRefusedTheSame_HoweverItIsRead(string body) => IsAnsweredAlikeAsync(Encoding.UTF8.GetBytes(body));

    [Theory]
    [InlineData("{\"channel\":\"chat:1\",\"data\":\"\xFF\"}")]
    [InlineData("{\"channel\":\"\xC3\",\"data\":1}")]
    [InlineData("{\"channel\":\"chat:1\",\"data\":1}\x80")]
    public Task BytesThatAreNotUtf8_AreRefusedTheSame(string body) => IsAnsweredAlikeAsync(Encoding.Latin1.GetBytes(body));

    [Theory]
    [InlineData(null)]
    [InlineData("transport")]
    public async Task WhatTheEngineRefuses_IsAnsweredTheSame(string? mode)
    {
        foreach (var failure in new Exception[]
        {
            new ParleyException(ClientError.UnknownChannel), new BrokerUnavailableException("gone"), new InvalidOperationException("a fault"), new OperationCanceledException(),
        })
        {
            _host.Parley.Failure = failure;

            await IsAnsweredAlikeAsync("""{"channel":"chat:1","data":1}"""u8.ToArray(), mode);
        }
    }

    [Fact]
    public async Task Position_IsAnsweredTheSame()
    {
        _host.Parley.Published = new PublishResult(new StreamPosition(ulong.MaxValue, "e\"ü"));

        await IsAnsweredAlikeAsync("""{"channel":"chat:1","data":1}"""u8.ToArray());
    }

    [Fact]
    public async Task Publication_IsAnsweredWhenTheEngineHasTakenIt()
    {
        var taken = new TaskCompletionSource();
        _host.Parley.Gate = taken.Task;
        var request = """{"channel":"chat:1","data":1}"""u8.ToArray();

        var answering = _host.SendAsync("/api/publish", request, ("X-API-Key", ApiHost.Key));
        await _host.Parley.WaitForCallsAsync(1);
        Assert.False(answering.IsCompleted);
        taken.SetResult();

        using var answer = await answering;
        Assert.Equal("""{"result":{}}""", await answer.Content.ReadAsStringAsync());
        _host.Parley.Gate = null;
        await IsAnsweredAlikeAsync(request);
    }

    [Fact]
    public async Task Answer_HasTheSameHeaders()
    {
        var body = """{"channel":"chat:1","data":1}"""u8.ToArray();

        using var plain = await SendAsync(body, isChunked: false);
        using var other = await SendAsync(body, isChunked: true);

        Assert.Equal(Headers(other), Headers(plain));
        static string[] Headers(HttpResponseMessage answer) =>
            [.. answer.Headers.Concat(answer.Content.Headers).Where(static header => header.Key != "Date").Select(static header => $"{header.Key}: {string.Join(',', header.Value)}")];
    }

    private static string Nested(int depth) => new string('[', depth) + new string(']', depth);

    /// <summary>A body in chunks is read as those of all methods are.</summary>
    private async Task IsAnsweredAlikeAsync(byte[] body, string? mode = null)
    {
        using var plain = await SendAsync(body, isChunked: false, mode);
        var calls = _host.Parley.Calls.Count;
        using var other = await SendAsync(body, isChunked: true, mode);

        Assert.Equal((other.StatusCode, await other.Content.ReadAsStringAsync()), (plain.StatusCode, await plain.Content.ReadAsStringAsync()));
        var (first, second) = (_host.Parley.Calls.Take(calls), _host.Parley.Calls.Skip(calls));
        Assert.Equal(second.Select(static call => call.Arguments), first.Select(static call => call.Arguments).TakeLast(_host.Parley.Calls.Count - calls));
    }

    private async Task<HttpResponseMessage> SendAsync(byte[] body, bool isChunked, string? mode = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/api/publish") { Content = new ByteArrayContent(body) };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        request.Headers.TransferEncodingChunked = isChunked;
        request.Headers.Add("X-API-Key", ApiHost.Key);
        if (mode is not null)
            request.Headers.Add("X-Centrifugo-Error-Mode", mode);
        return await _host.Client.SendAsync(request);
    }
}
