using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Microsoft.Data.Sqlite;

namespace Parley.Webhooks.Sqlite.Tests.Faults;

/// <summary>Stands between SQLite and the system: files of a <see cref="FaultyDisk"/> do as it says, all others as ever.</summary>
internal static unsafe class FaultyVfs
{
    private const int Ok = 0;

    private static readonly ConcurrentDictionary<string, FaultyDisk> Disks = new(StringComparer.Ordinal);
    private static readonly ConcurrentDictionary<nint, OpenFile> Files = new();
    private static readonly ConcurrentDictionary<nint, nint> Methods = new();
    private static readonly SqliteVfs* System = Register();

    /// <summary>Has a disk hear of the files in its folder that are opened from now on.</summary>
    public static void Add(FaultyDisk disk)
    {
        RuntimeHelpers.RunClassConstructor(typeof(FaultyVfs).TypeHandle);
        Disks[disk.Folder] = disk;
    }

    public static void Remove(FaultyDisk disk) => Disks.TryRemove(disk.Folder, out _);

    private static SqliteVfs* Register()
    {
        // So that the library is there and set up.
        using (var connection = new SqliteConnection("Data Source=:memory:"))
            connection.Open();
        var system = SqliteVfs.Find(null);
        var own = (SqliteVfs*)NativeMemory.Alloc((nuint)sizeof(SqliteVfs));
        *own = *system;
        own->Name = (byte*)Marshal.StringToCoTaskMemUTF8("faulty");
        own->Open = &Open;
        own->Delete = &Delete;
        Assert.Equal(Ok, SqliteVfs.Register(own, isDefault: 1));
        return system;
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int Open(SqliteVfs* vfs, byte* name, SqliteFile* file, int flags, int* outFlags)
    {
        var path = Marshal.PtrToStringUTF8((nint)name);
        var disk = DiskOf(path);
        disk?.Meet(path!);
        var result = System->Open(System, name, file, flags, outFlags);
        if (result != Ok || disk is null)
            return result;
        Files[(nint)file] = new OpenFile(disk, path!, (nint)file->Methods);
        file->Methods = (SqliteFileMethods*)Methods.GetOrAdd((nint)file->Methods, Wrap);
        return Ok;
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int Delete(SqliteVfs* vfs, byte* name, int syncFolder)
    {
        var path = Marshal.PtrToStringUTF8((nint)name);
        var result = System->Delete(System, name, syncFolder);
        if (result == Ok)
            DiskOf(path)?.Forget(path!);
        return result;
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int Close(SqliteFile* file)
    {
        Files.TryRemove((nint)file, out var open);
        return ((SqliteFileMethods*)open!.Methods)->Close(file);
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int Read(SqliteFile* file, void* bytes, int count, long offset)
    {
        var open = Files[(nint)file];
        return open.Disk.FaultOf(DiskCall.Read, open.Path) is { } fault ? fault : ((SqliteFileMethods*)open.Methods)->Read(file, bytes, count, offset);
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int Write(SqliteFile* file, void* bytes, int count, long offset)
    {
        var open = Files[(nint)file];
        if (open.Disk.FaultOf(DiskCall.Write, open.Path) is { } fault)
            return fault;
        var result = ((SqliteFileMethods*)open.Methods)->Write(file, bytes, count, offset);
        if (result == Ok)
            open.Disk.Written(open.Path, offset, new ReadOnlySpan<byte>(bytes, count));
        return result;
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int Truncate(SqliteFile* file, long length)
    {
        var open = Files[(nint)file];
        if (open.Disk.FaultOf(DiskCall.Truncate, open.Path) is { } fault)
            return fault;
        var result = ((SqliteFileMethods*)open.Methods)->Truncate(file, length);
        if (result == Ok)
            open.Disk.Truncated(open.Path, length);
        return result;
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int Sync(SqliteFile* file, int flags)
    {
        var open = Files[(nint)file];
        var fault = open.Disk.FaultOf(DiskCall.Sync, open.Path);
        open.Disk.Synced(open.Path, isDone: fault is null);
        // A real one would add nothing but time: what is on disk is what the disk of the test says.
        return fault ?? Ok;
    }

    private static nint Wrap(nint methods)
    {
        var own = (SqliteFileMethods*)NativeMemory.Alloc((nuint)sizeof(SqliteFileMethods));
        *own = *(SqliteFileMethods*)methods;
        own->Close = &Close;
        own->Read = &Read;
        own->Write = &Write;
        own->Truncate = &Truncate;
        own->Sync = &Sync;
        return (nint)own;
    }

    private static FaultyDisk? DiskOf(string? path) => path is not null && Disks.TryGetValue(Path.GetDirectoryName(path) ?? "", out var disk) ? disk : null;

    private sealed record OpenFile(FaultyDisk Disk, string Path, nint Methods);
}
