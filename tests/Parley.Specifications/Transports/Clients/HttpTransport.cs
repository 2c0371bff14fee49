using System.Net.Http.Headers;
using Parley.Protocol.Centrifuge;

namespace Parley.Specifications.Transports.Clients;

/// <summary>Makes requests of one client.</summary>
internal sealed class HttpTransport(Uri address, CentrifugeCodec codec, string user) : IDisposable
{
    public HttpClient Client { get; } = new(new SocketsHttpHandler { UseProxy = false, UseCookies = false, AllowAutoRedirect = false })
    {
        BaseAddress = address,
        Timeout = Timeout.InfiniteTimeSpan,
    };

    public HttpRequestMessage NewRequest(string target, byte[]? body, params (string Name, string Value)[] headers)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, target);
        request.Headers.Add(TransportClient.UserHeader, user);
        foreach (var (name, value) in headers) request.Headers.Add(name, value);
        if (body is null) return request;
        request.Content = new ByteArrayContent(body);
        request.Content.Headers.ContentType = new MediaTypeHeaderValue(codec.IsBinary ? "application/octet-stream" : "application/json");
        return request;
    }

    public void Dispose() => Client.Dispose();
}
