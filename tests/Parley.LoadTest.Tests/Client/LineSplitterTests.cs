using System.Text;
using CsCheck;
using Parley.LoadTest.Client;

namespace Parley.LoadTest.Tests.Client;

public sealed class LineSplitterTests
{
    [Fact]
    public void Lines_are_the_same_however_they_are_cut_into_pieces() =>
        Gen.Select(Gen.Char["ab\n"].Array[0, 50].Select(c => new string(c)), Gen.Int[1, 7]).Sample((text, size) =>
        {
            var splitter = default(LineSplitter);
            var lines = new List<string>();
            foreach (var chunk in Encoding.ASCII.GetBytes(text).Chunk(size))
            {
                ReadOnlySpan<byte> piece = chunk;
                while (splitter.TryRead(ref piece, out var line))
                    lines.Add(Encoding.ASCII.GetString(line));
            }

            Assert.Equal(text.Split('\n')[..^1], lines);
        });

    [Fact]
    public void A_line_without_an_end_ends_the_run()
    {
        var splitter = default(LineSplitter);
        var failure = Record.Exception(() =>
        {
            for (var i = 0; i < 1025; i++)
            {
                ReadOnlySpan<byte> piece = new byte[1024];
                splitter.TryRead(ref piece, out _);
            }
        });

        Assert.IsType<LoadTestException>(failure);
    }
}
