using CsCheck;

namespace Parley.Protocol.Tests.Centrifuge;

/// <summary>Frames that something happened to on the way.</summary>
internal static class FrameGenerator
{
    private const int MaxChanges = 4;

    private enum Change
    {
        Replace,
        Insert,
        Delete,
        Repeat,
    }

    /// <summary>One of the frames with up to four changes.</summary>
    /// <param name="frames">Where to begin.</param>
    /// <param name="alphabet">Bytes that matter in the format; they are put in more often than others.</param>
    public static Gen<byte[]> Mutated(IEnumerable<byte[]> frames, byte[] alphabet)
    {
        var value = Gen.Frequency((3, Gen.OneOf(alphabet)), (1, Gen.Byte));
        var change = Gen.Select(Gen.Enum<Change>(), Gen.Double.Unit, value).Array[0, MaxChanges];
        return Gen.Select(Gen.OneOf([.. frames]), change, static (frame, changes) =>
        {
            var bytes = frame.ToList();
            foreach (var (kind, where, with) in changes) Apply(bytes, kind, (int)(where * bytes.Count), with);
            return bytes.ToArray();
        });
    }

    private static void Apply(List<byte> bytes, Change kind, int index, byte value)
    {
        if (kind == Change.Insert || bytes.Count == 0) bytes.Insert(index, value);
        else if (kind == Change.Delete) bytes.RemoveAt(index);
        else if (kind == Change.Repeat) bytes.InsertRange(index, bytes.GetRange(index, Math.Min(value, bytes.Count - index)));
        else bytes[index] = value;
    }
}
