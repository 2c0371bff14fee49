using System.Text.Json;

namespace Parley.LoadTest.Comparison;

/// <summary>Installs what peers need and is not there: Debian packages, and packages of npm beside the peer's own files.</summary>
internal sealed class PeerInstallation(DirectoryInfo root, Action<string> log)
{
    private static readonly string[] InstallPackages =
        ["env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "install", "-y", "-qq", "-o", "DPkg::Lock::Timeout=300", "--no-install-recommends"];

    private bool _isListUpdated;

    /// <summary>Makes a peer ready to start and starts it once; fails with the reason when it cannot be had here.</summary>
    public void Install(Peer peer)
    {
        InstallPrograms(peer);
        if (peer.Npm is not null)
            InstallNpm(peer, Path.Combine(root.FullName, peer.Npm));
        if (peer.Build.Count > 0)
        {
            log($"building {peer.DisplayName}");
            RunOrFail(root.FullName, peer.Build);
        }

        PeerServer.Start(peer, root).Dispose();
    }

    /// <summary>Names and versions of the packages that a peer consists of.</summary>
    public string Versions(Peer peer)
    {
        var versions = new List<string>();
        // Of one that is built here they are tools.
        foreach (var package in peer.Build.Count == 0 ? peer.Programs.Values.Distinct() : [])
        {
            var (exitCode, output) = Programs.Run(null, "dpkg-query", "-W", "-f", "${Package} ${Version}", package);
            if (exitCode == 0 && output.Trim() != package) // without a version it is another package that has the program
                versions.Add(output.Trim());
        }

        if (peer.Npm is not null)
        {
            using var json = JsonDocument.Parse(File.ReadAllText(Path.Combine(root.FullName, peer.Npm, "package.json")));
            versions.AddRange(json.RootElement.GetProperty("dependencies").EnumerateObject().Select(d => $"{d.Name} {d.Value}"));
        }

        return string.Join(", ", versions.DefaultIfEmpty($".NET {Environment.Version}"));
    }

    private void InstallPrograms(Peer peer)
    {
        string[] packages = [.. peer.Programs.Where(p => !Programs.Exist(p.Key)).Select(p => p.Value).Distinct()];
        if (packages.Length == 0)
            return;

        log($"installing {string.Join(", ", packages)}");
        string[] asRoot = Environment.IsPrivilegedProcess ? [] : ["sudo", "-n"];
        if (!_isListUpdated)
            RunOrFail(null, [.. asRoot, "apt-get", "update", "-qq", "-o", "DPkg::Lock::Timeout=300"]);

        _isListUpdated = true;
        RunOrFail(null, [.. asRoot, .. InstallPackages, .. packages]);

        // Debian starts a server that it installs; the comparison starts its own.
        if (Directory.Exists("/run/systemd/system"))
        {
            foreach (var package in packages)
                _ = Programs.Run(null, [.. asRoot, "systemctl", "disable", "--now", package]);
        }
    }

    private void InstallNpm(Peer peer, string folder)
    {
        // What npm last installed from, so that nothing is asked of a registry twice.
        var lockFile = File.ReadAllText(Path.Combine(folder, "package-lock.json"));
        var installed = Path.Combine(folder, "node_modules", ".installed-from");
        if (File.Exists(installed) && File.ReadAllText(installed) == lockFile)
            return;

        log($"installing the packages of {peer.Npm}");
        RunOrFail(folder, "npm", "ci");
        if (peer.Setup.Count > 0)
            RunOrFail(folder, peer.Setup);

        File.WriteAllText(installed, lockFile);
    }

    private static void RunOrFail(string? folder, params IReadOnlyList<string> command)
    {
        const int MostShown = 1000;
        var (exitCode, output) = Programs.Run(folder, command);
        if (exitCode != 0)
            throw new LoadTestException($"{string.Join(' ', command)} ended with {exitCode}: {output[^Math.Min(MostShown, output.Length)..].Trim()}");
    }
}
