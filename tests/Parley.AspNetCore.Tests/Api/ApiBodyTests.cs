using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Parley.AspNetCore.Tests.Api;

public sealed class ApiBodyTests : IAsyncLifetime
{
    private const int Limit = 16 * 1024 * 1024;

    private ApiHost _host = null!;

    public async ValueTask InitializeAsync() => _host = await ApiHost.StartAsync();

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Sixteen_MiB_are_taken_and_one_byte_more_is_413(bool chunked)
    {
        var frame = """{"channel":"a","data":""}""";
        string Body(int length) => frame.Insert(frame.Length - 2, new string('x', length - frame.Length));

        using var taken = await PostAsync(Body(Limit), chunked);
        using var refused = await PostAsync(Body(Limit + 1), chunked);

        Assert.Equal(HttpStatusCode.OK, taken.StatusCode);
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, refused.StatusCode);
        Assert.Equal(106u, ApiHost.ErrorCode(await refused.Content.ReadAsStringAsync()));
        var call = Assert.Single(_host.Parley.Calls);
        Assert.Equal(Limit - frame.Length + 2, ((byte[])call.Arguments[1]!).Length);
    }

    [Fact]
    public async Task A_length_over_the_limit_is_413_before_the_body_arrives()
    {
        using var client = new TcpClient();
        await client.ConnectAsync(_host.Address.Host, _host.Address.Port);
        var stream = client.GetStream();

        await stream.WriteAsync(Encoding.ASCII.GetBytes(
            $"POST /api/publish HTTP/1.1\r\nHost: localhost\r\nX-API-Key: {ApiHost.Key}\r\nContent-Length: {Limit + 1}\r\n\r\n"));

        using var reader = new StreamReader(stream, Encoding.ASCII);
        Assert.StartsWith("HTTP/1.1 413", await reader.ReadLineAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_body_that_breaks_its_framing_is_400()
    {
        using var client = new TcpClient();
        await client.ConnectAsync(_host.Address.Host, _host.Address.Port);
        var stream = client.GetStream();

        await stream.WriteAsync(Encoding.ASCII.GetBytes(
            $"POST /api/publish HTTP/1.1\r\nHost: localhost\r\nX-API-Key: {ApiHost.Key}\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n"));

        using var reader = new StreamReader(stream, Encoding.ASCII);
        Assert.StartsWith("HTTP/1.1 400", await reader.ReadLineAsync(), StringComparison.Ordinal);
        Assert.Empty(_host.Parley.Calls);
    }

    [Fact]
    public async Task A_body_that_comes_in_pieces_is_put_together()
    {
        using var client = new TcpClient { NoDelay = true };
        await client.ConnectAsync(_host.Address.Host, _host.Address.Port);
        var stream = client.GetStream();
        var body = """{"channel":"a","data":{"x":"ünï"}}"""u8.ToArray();

        await stream.WriteAsync(Encoding.ASCII.GetBytes(
            $"POST /api/publish HTTP/1.1\r\nHost: localhost\r\nX-API-Key: {ApiHost.Key}\r\nContent-Length: {body.Length}\r\n\r\n"));
        foreach (var single in body)
        {
            await stream.WriteAsync(new[] { single });
            await stream.FlushAsync();
        }

        using var reader = new StreamReader(stream, Encoding.ASCII);
        Assert.StartsWith("HTTP/1.1 200", await reader.ReadLineAsync(), StringComparison.Ordinal);
        Assert.Equal("""{"x":"ünï"}"""u8.ToArray(), (byte[])Assert.Single(_host.Parley.Calls).Arguments[1]!);
    }

    private async Task<HttpResponseMessage> PostAsync(string body, bool chunked)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/api/publish") { Content = new ByteArrayContent(Encoding.UTF8.GetBytes(body)) };
        request.Headers.Add("X-API-Key", ApiHost.Key);
        request.Headers.TransferEncodingChunked = chunked;
        return await _host.Client.SendAsync(request);
    }
}
