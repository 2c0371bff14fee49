using System.Buffers;
using System.Text;
using System.Text.RegularExpressions;
using Parley.Sessions;

namespace Parley.Channels;

/// <summary>Knows which channel names are good and which options they have.</summary>
/// <remarks>
/// <c>namespace:rest</c>; <c>$</c> in front makes a channel private; what follows the last <c>#</c> are the users it is limited to,
/// separated by commas. Source: Centrifuge protocol v2, channel names.
/// </remarks>
internal sealed class ChannelRules
{
    private const char PrivatePrefix = '$';
    private const char NamespaceBoundary = ':';
    private const char UserBoundary = '#';
    private const char UserSeparator = ',';

    private static readonly SearchValues<char> PrintableAscii =
        SearchValues.Create([.. Enumerable.Range(0x20, 0x7F - 0x20).Select(static code => (char)code)]);

    private readonly Dictionary<string, Rule>.AlternateLookup<ReadOnlySpan<char>> _namespaces;
    private readonly Rule _default;
    private readonly int _maxNameBytes;

    public ChannelRules(ChannelsOptions options)
    {
        _default = new Rule(options.Default);
        _namespaces = options.Namespaces
            .ToDictionary(static pair => pair.Key, static pair => new Rule(pair.Value), StringComparer.Ordinal)
            .GetAlternateLookup<ReadOnlySpan<char>>();
        _maxNameBytes = options.MaxNameBytes;
    }

    /// <summary>Whether a name is too long; asked before anything else is looked up by it.</summary>
    public bool IsTooLong(string channel) =>
        channel.Length > _maxNameBytes || Encoding.UTF8.GetByteCount(channel) > _maxNameBytes;

    /// <summary>Finds the options of a channel.</summary>
    /// <returns>Null, or 107 for a bad name and 102 for an unknown namespace.</returns>
    public ClientError? Find(string channel, out ChannelOptions options)
    {
        options = _default.Options;
        if (channel.Length == 0 || IsTooLong(channel))
            return ClientError.BadRequest;

        var name = channel.AsSpan(IsPrivate(channel) ? 1 : 0);
        var rule = _default;
        var boundary = name.IndexOf(NamespaceBoundary);
        if (boundary >= 0)
        {
            if (!_namespaces.TryGetValue(name[..boundary], out rule!))
                return ClientError.UnknownChannel;
            name = name[(boundary + 1)..];
        }

        options = rule.Options;
        return rule.Allows(name) ? null : ClientError.BadRequest;
    }

    /// <summary>Whether a subscription always needs a token.</summary>
    public static bool IsPrivate(string channel) => channel.StartsWith(PrivatePrefix);

    /// <summary>Whether a channel names the users it is for.</summary>
    public static bool IsUserLimited(string channel) => channel.Contains(UserBoundary);

    /// <summary>Whether a user-limited channel names this user.</summary>
    public static bool IsFor(string channel, string user)
    {
        if (user.Length == 0)
            return false;
        var users = channel.AsSpan(channel.LastIndexOf(UserBoundary) + 1);
        foreach (var range in users.Split(UserSeparator))
        {
            if (users[range].SequenceEqual(user))
                return true;
        }

        return false;
    }

    /// <summary>Whether a channel can be a user's own: the separators in an id would make it that of others.</summary>
    public static bool CanHavePersonal(string user) => !user.AsSpan().ContainsAny(UserBoundary, UserSeparator);

    /// <summary>Name of the channel that is a user's own.</summary>
    public static string Personal(string @namespace, string user) =>
        @namespace.Length == 0 ? $"{UserBoundary}{user}" : $"{@namespace}{NamespaceBoundary}{UserBoundary}{user}";

    private sealed class Rule(ChannelOptions options)
    {
        private readonly Regex? _pattern = options.ChannelPattern is { } pattern
            ? new Regex($"^(?:{pattern})$", RegexOptions.NonBacktracking | RegexOptions.CultureInvariant)
            : null;

        public ChannelOptions Options { get; } = options;

        public bool Allows(ReadOnlySpan<char> name)
        {
            if (_pattern is null)
                return !name.ContainsAnyExcept(PrintableAscii);

            // Control characters never: they would reach logs, keys and headers. A final newline would slip past "$".
            foreach (var character in name)
            {
                if (char.IsControl(character))
                    return false;
            }

            return _pattern.IsMatch(name);
        }
    }
}
