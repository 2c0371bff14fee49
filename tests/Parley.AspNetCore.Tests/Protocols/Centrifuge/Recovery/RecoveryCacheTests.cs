using System.Runtime.InteropServices;
using Microsoft.Extensions.Time.Testing;
using Parley.AspNetCore.Protocols.Centrifuge.Recovery;
using Parley.Protocol.Centrifuge;
using Parley.Timing;

namespace Parley.AspNetCore.Tests.Protocols.Centrifuge.Recovery;

public sealed class RecoveryCacheTests : IDisposable
{
    private const int Room = 2_000_000;

    private readonly FakeTimeProvider _time = new();
    private readonly TimerWheel _wheel;
    private readonly RecoveryCache _cache;

    public RecoveryCacheTests()
    {
        _wheel = new TimerWheel(_time);
        _cache = new RecoveryCache(_wheel, Room);
    }

    public static TheoryData<string> Formats { get; } = ["json", "protobuf"];

    public void Dispose() => _wheel.Dispose();

    [Theory]
    [MemberData(nameof(Formats))]
    public void TwoWhoMissedTheSame_GetTheSameBytesOfMemory(string format)
    {
        var codec = Codec(format);
        var publications = Sample.Publications(1, 20);

        var first = Written(codec, publications);
        var second = Written(codec, publications);

        AssertSays(codec, publications, first);
        Assert.True(IsSameMemory(first, second));
    }

    [Theory]
    [MemberData(nameof(Formats))]
    public void OneWhoMissedLess_GetsAPartOfTheSameMemory(string format)
    {
        var codec = Codec(format);
        var all = Written(codec, Sample.Publications(1, 20));

        var part = Written(codec, Sample.Publications(8, 15));

        AssertSays(codec, Sample.Publications(8, 15), part);
        Assert.True(ArrayOf(all).AsSpan().Overlaps(part.Span));
    }

    [Theory]
    [MemberData(nameof(Formats))]
    public void WhatWasPublishedMeanwhile_IsAddedAndLeavesWhatWasGivenAlone(string format)
    {
        var codec = Codec(format);
        var before = Written(codec, Sample.Publications(1, 20));

        var after = Written(codec, Sample.Publications(5, 60));

        AssertSays(codec, Sample.Publications(5, 60), after);
        AssertSays(codec, Sample.Publications(1, 20), before);
    }

    [Theory]
    [MemberData(nameof(Formats))]
    public void EqualPublicationsThatABrokerReadAnew_AreNotEncodedAnew(string format)
    {
        var first = Written(Codec(format), Sample.Publications(1, 20));

        Assert.True(IsSameMemory(first, Written(Codec(format), Sample.Publications(1, 20))));
    }

    /// <summary>As after a failover to a replica of the storage that had not got all.</summary>
    [Theory]
    [MemberData(nameof(Formats))]
    public void OtherPublicationsWithOffsetsAndEpochOfKnownOnes_AreNotTakenForThem(string format)
    {
        var codec = Codec(format);
        Written(codec, Sample.Publications(1, 20));
        Publication[] changed = [.. Sample.Publications(1, 19), .. Sample.Publications(20, 20, text: "other")];

        AssertSays(codec, changed, Written(codec, changed));
    }

    [Theory]
    [MemberData(nameof(Formats))]
    public void EverythingThatDiffers_IsSeen(string format)
    {
        var codec = Codec(format);
        var info = new ClientInfo("ada", "c", "1"u8.ToArray(), "2"u8.ToArray());
        var tags = new Dictionary<string, string> { ["a"] = "1", ["b"] = "2" };
        Publication[] differing =
        [
            With("0"u8),
            With("1"u8),
            With("1"u8, version: 7),
            With("1"u8, info: info),
            With("1"u8, info: info with { User = "bob" }),
            With("1"u8, info: info with { Client = "d" }),
            With("1"u8, info: info with { ConnectionInfo = "3"u8.ToArray() }),
            With("1"u8, info: info with { ChannelInfo = "3"u8.ToArray() }),
            With("1"u8, tags: tags),
            With("1"u8, tags: new() { ["a"] = "1" }),
            With("1"u8, tags: new() { ["a"] = "1", ["b"] = "3" }),
            With("1"u8, tags: new() { ["a"] = "1", ["c"] = "2" }),
        ];

        foreach (var one in differing)
        {
            foreach (var other in differing)
            {
                Written(codec, [one]);
                AssertSays(codec, [other], Written(codec, [other]));
            }
        }
    }

    [Theory]
    [MemberData(nameof(Formats))]
    public void WhateverHappensToTheHistory_NobodyGetsAnythingButWhatWasReadForHim(string format)
    {
        var codec = Codec(format);
        for (var seed = 0; seed < 50; seed++)
        {
            var random = new Random(seed);
            var epoch = "epoch 0";
            List<Publication> history = [];
            Publication[] missedBefore = Sample.Publications(1, 1, epoch);
            var writtenBefore = Written(codec, missedBefore);
            for (var step = 0; step < 100; step++)
            {
                var top = history.Count == 0 ? 0 : history[^1].Offset;
                switch (random.Next(8))
                {
                    case 0:
                        epoch = $"epoch {random.Next(3)}"; // one that was there before may return
                        history.Clear();
                        break;
                    case 1:
                        history.RemoveRange(0, random.Next(history.Count + 1));
                        break;
                    case 2 when top > 1:
                        history = [.. history.Take(history.Count / 2)]; // what follows gets the same offsets again
                        break;
                    default:
                        history.AddRange(Sample.Publications(top + 1, top + 1 + (ulong)random.Next(5), epoch, $"{random.Next(2)}"));
                        break;
                }

                if (history.Count == 0)
                    continue;
                var missed = history.Skip(random.Next(history.Count)).ToArray();
                missed = missed[..random.Next(1, missed.Length + 1)];
                var written = Written(codec, missed);
                AssertSays(codec, missed, written);
                // What is written now must leave alone what was given to others before.
                AssertSays(codec, missedBefore, writtenBefore);
                (missedBefore, writtenBefore) = (missed, written);
            }
        }
    }

    [Fact]
    public void WhatIsNoJson_CannotBeSaidInJson_AndWhatIsBesideItCan()
    {
        var broken = With("{"u8, offset: 3);
        Publication[] publications = [.. Sample.Publications(1, 2), broken, .. Sample.Publications(4, 5)];

        Assert.False(_cache.TryWrite(CentrifugeCodec.Json, "news", publications, out _));
        Assert.False(_cache.TryWrite(CentrifugeCodec.Json, "news", publications, out _));
        Assert.False(RecoveryCache.TryWriteAlone(CentrifugeCodec.Json, publications, out _));
        Assert.True(_cache.TryWrite(CentrifugeCodec.Protobuf, "news", publications, out _));
        var rest = Sample.Publications(4, 5);
        AssertSays(CentrifugeCodec.Json, rest, Written(CentrifugeCodec.Json, rest));
    }

    [Fact]
    public void ChannelsAndFormats_HaveEachTheirOwn()
    {
        var publications = Sample.Publications(1, 3);
        foreach (var codec in new[] { CentrifugeCodec.Json, CentrifugeCodec.Protobuf })
        {
            var one = Written(codec, publications, "one");
            Written(codec, Sample.Publications(1, 3, text: "other"), "other");

            Assert.True(IsSameMemory(one, Written(codec, publications, "one")));
        }
    }

    [Fact]
    public void WhatNobodyAskedForDuringItsLife_IsLetGo_AndWhatIsInUseStays()
    {
        var first = Written(CentrifugeCodec.Json, Sample.Publications(1, 20), "used");
        Written(CentrifugeCodec.Json, Sample.Publications(1, 20), "unused");
        var both = _cache.Bytes;

        for (var i = 0; i < 4; i++)
        {
            LetPass(RecoveryCache.Life);
            Assert.True(IsSameMemory(first, Written(CentrifugeCodec.Json, Sample.Publications(1, 20), "used")));
        }

        Assert.Equal(both / 2, _cache.Bytes);
        LetPass(RecoveryCache.Life * 2);
        Assert.Equal(0, _cache.Bytes);
        Assert.Equal(0, _wheel.Count);
    }

    [Fact]
    public void MoreThanThereIsRoomFor_IsLetGoAndStillGiven()
    {
        for (var channel = 0; channel < 20; channel++)
        {
            Publication[] publications = [With(Json(Room / 5))];

            var written = Written(CentrifugeCodec.Json, publications, $"channel {channel}");

            AssertSays(CentrifugeCodec.Json, publications, written);
            Assert.InRange(_cache.Bytes, 0, Room);
        }
    }

    [Fact]
    public void WhatTakesMoreThanThereIsRoomForByItself_IsGivenAndNotKept()
    {
        Publication[] publications = [With(Json(Room))];

        AssertSays(CentrifugeCodec.Json, publications, Written(CentrifugeCodec.Json, publications));

        Assert.Equal(0, _cache.Bytes);
    }

    /// <summary>A channel whose clients come and go all the time must not gather all that was ever published.</summary>
    [Fact]
    public void WhatNobodyAsksForAnyMore_IsLetGoWhileTheChannelGoesOn()
    {
        for (ulong top = 10; top < 6_000; top += 10)
        {
            Written(CentrifugeCodec.Json, Sample.Publications(top - 9, top));
            Assert.InRange(_cache.Bytes, 1, Room / 2);
        }
    }

    [Fact]
    public async Task ManyAtOnce_EachGetsWhatWasReadForHim_AndNothingIsLeftInTheAccount()
    {
        var history = Sample.Publications(1, 400);
        await Task.WhenAll(Enumerable.Range(0, 4).Select(seed => Task.Run(() =>
        {
            var random = new Random(seed);
            for (var i = 0; i < 300; i++)
            {
                var first = random.Next(300);
                var missed = history[first..(first + 1 + random.Next(100))];
                var written = Written(CentrifugeCodec.Json, missed, $"channel {random.Next(3)}");
                if (random.Next(10) == 0)
                    _cache.OnDue();
                AssertSays(CentrifugeCodec.Json, missed, written);
            }
        })));

        _cache.OnDue();
        _cache.OnDue();
        Assert.Equal(0, _cache.Bytes);
    }

    private static CentrifugeCodec Codec(string format) => format == "json" ? CentrifugeCodec.Json : CentrifugeCodec.Protobuf;

    private static Publication With(
        ReadOnlySpan<byte> data, ulong offset = 1, ulong version = 0, ClientInfo? info = null, Dictionary<string, string>? tags = null) => new()
        {
            Data = data.ToArray(),
            Offset = offset,
            Epoch = "epoch",
            Version = version,
            Info = info,
            Tags = tags,
        };

    private static byte[] Json(int length) => [(byte)'"', .. Enumerable.Repeat((byte)'x', length), (byte)'"'];

    private static void AssertSays(CentrifugeCodec codec, Publication[] publications, ReadOnlyMemory<byte> written) =>
        Assert.True(Sample.Alone(codec, publications).AsSpan().SequenceEqual(Sample.Around(codec, written)), "Other bytes than of a reply of its own.");

    private static bool IsSameMemory(ReadOnlyMemory<byte> one, ReadOnlyMemory<byte> other) =>
        one.Span.Overlaps(other.Span, out var distance) && distance == 0 && one.Length == other.Length;

    private static byte[] ArrayOf(ReadOnlyMemory<byte> memory)
    {
        Assert.True(MemoryMarshal.TryGetArray(memory, out var segment));
        return segment.Array!;
    }

    private ReadOnlyMemory<byte> Written(CentrifugeCodec codec, Publication[] publications, string channel = "news")
    {
        Assert.True(_cache.TryWrite(codec, channel, publications, out var written));
        return written;
    }

    private void LetPass(TimeSpan time)
    {
        for (var passed = TimeSpan.Zero; passed < time; passed += _wheel.Tick)
            _time.Advance(_wheel.Tick);
        _time.Advance(_wheel.Tick);
    }
}
