namespace Parley.Webhooks.Sqlite.Tests.Faults;

/// <summary>A folder on a disk that fails as a test says, and that knows what a power failure would leave of its files.</summary>
/// <remarks>What was written is on disk when it was synced, and not before; what a sync failed for is gone, though the system still shows it.</remarks>
internal sealed class FaultyDisk : IDisposable
{
    /// <summary>SQLITE_IOERR, with what it was for.</summary>
    public const int CannotRead = 10 | (1 << 8);
    public const int CannotWrite = 10 | (3 << 8);
    public const int CannotSync = 10 | (4 << 8);
    public const int CannotTruncate = 10 | (6 << 8);

    private readonly Lock _gate = new();
    private readonly Dictionary<string, StoredFile> _files = new(StringComparer.Ordinal);
    private Func<DiskCall, string, int?> _faults = static (_, _) => null;
    private bool _isOff;

    /// <param name="folder">The files that SQLite opens there from now on are on this disk.</param>
    public FaultyDisk(string folder)
    {
        Folder = folder;
        FaultyVfs.Add(this);
    }

    public string Folder { get; }

    public void Dispose() => FaultyVfs.Remove(this);

    /// <summary>Has calls fail from now on.</summary>
    /// <param name="faults">By what is done and the name of the file, SQLite's result code; null: it goes well.</param>
    public void FailBy(Func<DiskCall, string, int?> faults)
    {
        lock (_gate)
            _faults = faults;
    }

    public void Heal() => FailBy(static (_, _) => null);

    /// <summary>Nothing that is done from now on reaches the disk.</summary>
    public void CutPower()
    {
        lock (_gate)
            _isOff = true;
    }

    /// <summary>Writes what is on disk into another folder: what was synced, and by chance some of what was not.</summary>
    public void CopyTo(string folder, Random random)
    {
        lock (_gate)
        {
            foreach (var (path, file) in _files)
                File.WriteAllBytes(Path.Combine(folder, Path.GetFileName(path)), file.Left(random));
        }
    }

    public int? FaultOf(DiskCall call, string path)
    {
        lock (_gate)
            return _isOff ? CannotWrite : _faults(call, Path.GetFileName(path));
    }

    /// <summary>Hears of a file before it is opened.</summary>
    public void Meet(string path)
    {
        lock (_gate)
        {
            if (!_files.ContainsKey(path))
                _files.Add(path, new StoredFile(File.Exists(path) ? File.ReadAllBytes(path) : []));
        }
    }

    public void Forget(string path)
    {
        lock (_gate)
        {
            if (!_isOff)
                _files.Remove(path);
        }
    }

    public void Written(string path, long offset, ReadOnlySpan<byte> bytes) => Change(path, new PendingChange(offset, bytes.ToArray()));

    public void Truncated(string path, long length) => Change(path, new PendingChange(length, null));

    public void Synced(string path, bool isDone)
    {
        lock (_gate)
        {
            if (!_isOff)
                _files[path].Sync(isDone);
        }
    }

    private void Change(string path, PendingChange change)
    {
        lock (_gate)
        {
            if (!_isOff)
                _files[path].Waiting.Add(change);
        }
    }

    /// <summary>Bytes at a place, or, without any, the end of the file there.</summary>
    private sealed record PendingChange(long Offset, byte[]? Bytes);

    private sealed class StoredFile
    {
        private readonly MemoryStream _content = new();

        public StoredFile(byte[] content) => _content.Write(content);

        /// <summary>Changes that were not synced.</summary>
        public List<PendingChange> Waiting { get; } = [];

        public void Sync(bool isDone)
        {
            foreach (var change in isDone ? Waiting : [])
                Apply(_content, change);
            Waiting.Clear();
        }

        public byte[] Left(Random random)
        {
            using var left = new MemoryStream();
            _content.WriteTo(left);
            foreach (var change in Waiting.Where(_ => random.Next(2) == 0))
                Apply(left, change.Bytes is { } bytes && random.Next(2) == 0 ? change with { Bytes = bytes[..random.Next(bytes.Length)] } : change);
            return left.ToArray();
        }

        private static void Apply(MemoryStream content, PendingChange change)
        {
            if (change.Bytes is null)
            {
                content.SetLength(change.Offset);
                return;
            }

            content.Position = change.Offset;
            content.Write(change.Bytes);
        }
    }
}

/// <summary>What is done with a file.</summary>
internal enum DiskCall
{
    Read,
    Write,
    Truncate,
    Sync,
}
