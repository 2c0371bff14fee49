using System.Globalization;
using System.Text.Json;
using Parley.LoadTest.Client;
using Parley.LoadTest.Measurement;

namespace Parley.LoadTest.Comparison;

/// <summary>A Markdown file with all that is needed to judge and repeat a comparison.</summary>
internal sealed class Report(IReadOnlyList<Peer> peers, DirectoryInfo root, string commit, string arguments, string? note)
{
    public void Write(TextWriter writer, Summary summary)
    {
        writer.WriteLine($"# Comparison of {string.Join(", ", peers.SkipLast(1).Select(p => p.Name))} and {peers[^1].Name}");
        writer.WriteLine();
        writer.WriteLine($"- Date: {DateTime.UtcNow.ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture)} UTC, commit {commit}");
        writer.WriteLine($"- Machine: {Machine.Describe()}; load generator and servers share it");
        writer.WriteLine($"- Runtime: .NET {Environment.Version}");
        writer.WriteLine($"- Command: `bench/run {arguments}`");
        foreach (var peer in peers)
            writer.WriteLine($"- {peer.Name}: {Describe(peer)}");

        if (note is not null)
            writer.WriteLine($"- Note: {note}");

        writer.WriteLine();
        writer.WriteLine("What the figures mean: [bench/README.md](../README.md). \"CPU of others\" is what disturbed a run; ratios hold, absolute figures move with it.");
        writer.WriteLine();
        summary.WriteTo(writer);
    }

    private string Describe(Peer peer)
    {
        var transport = TransportNames.NameOf(peer.Transport);
        if (peer.Url is not null)
            return $"{transport} of {peer.Url}";

        var environment = string.Concat(peer.Environment.Select(e => $"{e.Key}={e.Value} "));
        var command = string.Join(' ', peer.Command).Replace("{root}/", "", StringComparison.Ordinal);
        return $"{transport} of `{environment}{command}`{Collector(peer)}";
    }

    private string Collector(Peer peer)
    {
        var assembly = peer.Command.FirstOrDefault(part => part.EndsWith(".dll", StringComparison.Ordinal));
        if (assembly is null)
            return "";

        var file = Path.ChangeExtension(assembly.Replace("{root}", root.FullName, StringComparison.Ordinal), ".runtimeconfig.json");
        using var json = JsonDocument.Parse(File.ReadAllText(file));
        var settings = json.RootElement.GetProperty("runtimeOptions").TryGetProperty("configProperties", out var properties)
            ? properties.EnumerateObject().Where(p => p.Name.StartsWith("System.GC.", StringComparison.Ordinal)).Select(p => $"{p.Name}={p.Value}")
            : [];
        return $" ({string.Join(", ", settings.DefaultIfEmpty("GC defaults"))})";
    }
}
