using System.Text;
using Parley.LoadTest.Client;

namespace Parley.LoadTest.Tests.Client;

public sealed class HttpHeadTests
{
    [Fact]
    public void A_head_tells_status_headers_and_where_the_body_begins()
    {
        const string Text = "HTTP/1.1 200 OK\r\nparley-batch: 7\r\nX-Parley-Session: no\r\nParley-Session:secret \r\nContent-Length: 12\r\n\r\n";

        Assert.True(HttpHead.TryRead(Encoding.ASCII.GetBytes(Text + "body"), out var head));

        Assert.Equal((Text.Length, 200, false, 12), (head.Length, head.Status, head.IsChunked, head.ContentLength));
        Assert.Equal("7", Encoding.ASCII.GetString(head.Find("Parley-Batch"u8)));
        Assert.Equal("secret", Encoding.ASCII.GetString(head.Find("Parley-Session"u8)));
        Assert.True(head.Find("Parley-Last"u8).IsEmpty);
    }

    [Fact]
    public void A_head_without_headers_has_none()
    {
        Assert.True(HttpHead.TryRead("HTTP/1.1 204 No Content\r\n\r\n"u8, out var head));

        Assert.Equal((204, null), (head.Status, head.ContentLength));
    }

    [Theory]
    [InlineData("HTTP/1.0 200 OK\r\n\r\n")]
    [InlineData("HTTP/1.1 OK\r\n\r\n")]
    [InlineData("0\r\n\r\n")]
    public void Something_else_ends_the_run(string text) =>
        Assert.Throws<LoadTestException>(() => HttpHead.TryRead(Encoding.ASCII.GetBytes(text), out _));
}
