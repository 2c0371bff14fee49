using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Parley.Testing;

namespace Parley.AspNetCore.Tests.Transports.LongPolling;

/// <summary>Says what the specification lets a client say, and keeps nothing but the session.</summary>
internal sealed class LongPollClient : IDisposable
{
    private readonly HttpClient _http;
    private readonly string _contentType;
    private readonly Version _version;

    public LongPollClient(Uri address, HttpProtocols protocols = HttpProtocols.Http1, bool isBinary = false)
    {
        _version = protocols == HttpProtocols.Http2 ? HttpVersion.Version20 : HttpVersion.Version11;
        _contentType = isBinary ? "application/octet-stream" : "application/json";
        _http = new HttpClient(new SocketsHttpHandler { UseProxy = false, UseCookies = false, AllowAutoRedirect = false })
        {
            BaseAddress = address,
            Timeout = Patience.Limit,
        };
    }

    public string Session { get; set; } = "";

    public string Node { get; set; } = "";

    /// <summary>Sent with every request.</summary>
    public Dictionary<string, string> Headers { get; } = [];

    public Task<LongPollAnswer> OpenAsync(string body = "hello") => OpenAsync(Encoding.UTF8.GetBytes(body));

    public async Task<LongPollAnswer> OpenAsync(byte[] body)
    {
        var answer = await RequestAsync(HttpMethod.Post, body);
        Session = answer.Headers.GetValueOrDefault("Parley-Session", "");
        Node = answer.Headers.GetValueOrDefault("Parley-Node", "");
        return answer;
    }

    public Task<LongPollAnswer> PollAsync(long ack, int? wait = null, CancellationToken aborted = default) =>
        InSessionAsync(ack, null, null, wait, aborted);

    public Task<LongPollAnswer> SendAsync(long seq, string body) => InSessionAsync(null, seq, Encoding.UTF8.GetBytes(body));

    public Task<LongPollAnswer> InSessionAsync(
        long? ack, long? seq, byte[]? body, int? wait = null, CancellationToken aborted = default)
    {
        var headers = new List<(string, string)> { ("Parley-Session", Session), ("Parley-Node", Node) };
        Add("Parley-Ack", ack);
        Add("Parley-Seq", seq);
        Add("Parley-Wait", wait);
        return RequestAsync(HttpMethod.Post, body, [.. headers], aborted: aborted);

        void Add(string name, long? value)
        {
            if (value is not null) headers.Add((name, value.Value.ToString(CultureInfo.InvariantCulture)));
        }
    }

    public Task<LongPollAnswer> EndAsync() => RequestAsync(HttpMethod.Delete, null, [("Parley-Session", Session), ("Parley-Node", Node)]);

    public async Task<LongPollAnswer> RequestAsync(
        HttpMethod method, byte[]? body, (string Name, string Value)[]? headers = null, string? contentType = null,
        CancellationToken aborted = default)
    {
        using var request = new HttpRequestMessage(method, "/connection/long_poll")
        {
            Version = _version,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
        };
        if (body is not null)
        {
            request.Content = new ByteArrayContent(body);
            request.Content.Headers.ContentType = contentType == "" ? null : MediaTypeHeaderValue.Parse(contentType ?? _contentType);
        }

        foreach (var (name, value) in headers ?? [])
            request.Headers.TryAddWithoutValidation(name, value);
        foreach (var (name, value) in Headers)
            request.Headers.TryAddWithoutValidation(name, value);
        using var response = await _http.SendAsync(request, aborted);
        return await LongPollAnswer.ReadAsync(response);
    }

    public void Dispose() => _http.Dispose();
}
