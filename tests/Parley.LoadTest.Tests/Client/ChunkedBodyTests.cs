using System.Text;
using Parley.LoadTest.Client;

namespace Parley.LoadTest.Tests.Client;

public sealed class ChunkedBodyTests
{
    private const string Body = "3\r\n{}\n\r\n1B;name=value\r\n{\"push\":{\"channel\":\"news\"}}\r\n2\r\n\r\n\r\n0\r\nTrailer: 1\r\n\r\n";
    private const string Data = "{}\n{\"push\":{\"channel\":\"news\"}}\r\n";

    [Fact]
    public void Chunks_that_arrive_in_two_parts_give_the_same_data_wherever_they_are_cut() =>
        Assert.All(Enumerable.Range(0, Body.Length + 1), cut => Assert.Equal(Data, Read(Body[..cut], Body[cut..])));

    [Fact]
    public void Chunks_that_arrive_byte_by_byte_give_the_same_data() =>
        Assert.Equal(Data, Read([.. Body.Select(c => c.ToString())]));

    [Fact]
    public void What_follows_the_last_chunk_is_not_touched()
    {
        var body = default(ChunkedBody);
        var taken = 0;
        var bytes = Encoding.ASCII.GetBytes(Body + "HTTP/1.1 200 OK\r\n\r\n");
        while (body.TryRead(bytes, ref taken, out _))
        {
            // Only where it ends is of interest.
        }

        Assert.True(body.IsEnded);
        Assert.Equal(Body.Length, taken);
    }

    [Theory]
    [InlineData("\r\n")]
    [InlineData("x\r\n")]
    [InlineData("5 \r\n")]
    [InlineData("5z\r\n")]
    [InlineData("ffffffff\r\n")]
    [InlineData("100000000\r\n")]
    [InlineData("2\r\nabc\r\n")]
    public void A_broken_chunk_ends_the_run(string body) => Assert.Throws<LoadTestException>(() => Read(body));

    [Fact]
    public void A_size_without_an_end_ends_the_run() => Assert.Throws<LoadTestException>(() => Read(new string('0', 5000)));

    // As a socket gives it: what was not taken comes again with more behind it.
    private static string Read(params string[] parts)
    {
        var body = default(ChunkedBody);
        var unread = Array.Empty<byte>();
        var data = new StringBuilder();
        foreach (var part in parts)
        {
            byte[] bytes = [.. unread, .. Encoding.ASCII.GetBytes(part)];
            var taken = 0;
            while (body.TryRead(bytes, ref taken, out var piece))
                data.Append(Encoding.ASCII.GetString(piece));
            unread = bytes[taken..];
        }

        Assert.True(body.IsEnded);
        Assert.Empty(unread);
        return data.ToString();
    }
}
