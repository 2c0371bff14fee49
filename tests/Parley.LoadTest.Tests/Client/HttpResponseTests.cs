using System.Text;
using Parley.LoadTest.Client;

namespace Parley.LoadTest.Tests.Client;

public sealed class HttpResponseTests
{
    [Theory]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 13\r\n\r\n{\"result\":{}}")]
    [InlineData("HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n")]
    [InlineData("HTTP/1.1 204 No Content\r\nVary: Origin\r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nd\r\n{\"result\":{}}\r\n0\r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n{\"res\r\n8\r\nult\":{}}\r\n0\r\n\r\n")]
    public void A_response_ends_where_the_next_one_begins(string response)
    {
        var bytes = Encoding.ASCII.GetBytes(response + "HTTP/1.1 200 OK\r\n");

        Assert.True(HttpResponse.TryMeasure(bytes, out var length));
        Assert.Equal(response.Length, length);
        Assert.All(Enumerable.Range(0, response.Length), partial =>
            Assert.False(HttpResponse.TryMeasure(bytes.AsSpan(0, partial), out _)));
    }
}
