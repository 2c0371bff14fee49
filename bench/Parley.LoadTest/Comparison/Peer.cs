using System.Text.Json;
using Parley.LoadTest.Client;

namespace Parley.LoadTest.Comparison;

/// <summary>A server to compare, as described in a file of peers: one that is started here, or one that runs already.</summary>
internal sealed record Peer
{
    public required string Name { get; init; }

    /// <summary>How reports call it; null: by its name.</summary>
    public string? Title { get; init; }

    /// <summary>What a reader of a report must know of it.</summary>
    public string? Note { get; init; }

    /// <summary>Programs in the search path, or files, that it needs, each with the Debian package that has it.</summary>
    public IReadOnlyDictionary<string, string> Programs { get; init; } = new Dictionary<string, string>();

    /// <summary>Folder with a lock file of npm's; null when it needs none.</summary>
    public string? Npm { get; init; }

    /// <summary>What runs in <see cref="Npm"/> after its packages were installed.</summary>
    public IReadOnlyList<string> Setup { get; init; } = [];

    /// <summary>Runs in the repository before the server is started here; empty: nothing.</summary>
    public IReadOnlyList<string> Build { get; init; } = [];

    /// <summary>
    /// Starts the server; <c>{root}</c> is the repository, <c>{port}</c> a free port of 127.0.0.1, <c>{directory}</c> an empty folder in
    /// which it runs. Empty: it runs already.
    /// </summary>
    public IReadOnlyList<string> Command { get; init; } = [];

    /// <summary>File that is copied to <c>{directory}</c> first, with the same words replaced in it; null when there is none.</summary>
    public string? Configuration { get; init; }

    /// <summary>Added to the environment of <see cref="Command"/>.</summary>
    public IReadOnlyDictionary<string, string> Environment { get; init; } = new Dictionary<string, string>();

    /// <summary>Path of the WebSocket endpoint of a server that is started here.</summary>
    public string Path { get; init; } = "/connection/websocket";

    /// <summary>
    /// Whether a server that is started here is spoken to with TLS. It finds a certificate for 127.0.0.1 that certifies itself in
    /// <c>{directory}/certificate.pem</c>, and its key in <c>{directory}/key.pem</c>.
    /// </summary>
    public bool Tls { get; init; }

    /// <summary>WebSocket endpoint of a server that runs already.</summary>
    public Uri? Url { get; init; }

    /// <summary>Process id of a server that runs already.</summary>
    public int? Pid { get; init; }

    /// <summary>What its clients use.</summary>
    public Transport Transport { get; init; }

    /// <summary>How its clients speak.</summary>
    public string Dialect { get; init; } = Dialects.Dialect.Default.Name;

    /// <summary>Path below which a server that is started here takes publications over HTTP; null when it does not.</summary>
    public string? Api { get; init; }

    /// <summary>Sent to <see cref="Api"/>.</summary>
    public string? ApiKey { get; init; }

    /// <summary>For reports.</summary>
    public string DisplayName => Title ?? Name;

    public static IReadOnlyList<Peer> ReadAll(FileInfo file) =>
        JsonSerializer.Deserialize<Peer[]>(File.ReadAllText(file.FullName), JsonSerializerOptions.Web) ?? [];
}
