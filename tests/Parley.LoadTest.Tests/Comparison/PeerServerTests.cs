using Parley.LoadTest.Comparison;

namespace Parley.LoadTest.Tests.Comparison;

public sealed class PeerServerTests
{
    [Fact]
    public void A_peer_with_an_unknown_dialect_is_refused_before_anything_is_started()
    {
        var peer = new Peer { Name = "odd", Dialect = "klingon", Command = ["/no/such/program"] };

        var refusal = Assert.Throws<LoadTestException>(() => PeerServer.Start(peer, new DirectoryInfo(AppContext.BaseDirectory)));

        Assert.Contains("no dialect klingon", refusal.Message, StringComparison.Ordinal);
    }
}
