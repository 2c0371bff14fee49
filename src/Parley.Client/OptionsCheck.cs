using Parley.Protocol.Centrifuge;

namespace Parley.Client;

/// <summary>Finds options that cannot work before they fail somewhere else.</summary>
internal static class OptionsCheck
{
    public static void ThrowIfWrong(ParleyClientOptions options)
    {
        Require(options.MinReconnectDelay > TimeSpan.Zero, "MinReconnectDelay must be above zero.");
        Require(options.MaxReconnectDelay >= options.MinReconnectDelay, "MaxReconnectDelay must not be below MinReconnectDelay.");
        Require(options.Timeout > TimeSpan.Zero, "Timeout must be above zero.");
        Require(options.MaxServerPingDelay > TimeSpan.Zero, "MaxServerPingDelay must be above zero.");
        Require(options.Transports.All(Enum.IsDefined), "Transports has one that does not exist.");
        Require(
            UsableTransports(options).Count > 0,
            "Transports must have one that carries the format: server-sent events do not carry Protobuf.");
        ThrowIfNoPayload(options.Data, options.Format, nameof(options));

        void Require(bool isMet, string message)
        {
            if (!isMet) throw new ArgumentException(message, nameof(options));
        }
    }

    /// <summary>Those that carry the format.</summary>
    public static IReadOnlyList<ClientTransport> UsableTransports(ParleyClientOptions options) =>
    [
        .. options.Transports.Distinct().Where(transport =>
            transport != ClientTransport.ServerSentEvents || options.Format == ProtocolFormat.Json),
    ];

    /// <summary>A payload that is no JSON would end the connection, and with it what others wait for.</summary>
    public static void ThrowIfNoPayload(ReadOnlyMemory<byte> data, ProtocolFormat format, string name)
    {
        if (format == ProtocolFormat.Json && !data.IsEmpty && !JsonPayload.IsValid(data.Span))
            throw new ArgumentException("Data must be one JSON value in UTF-8, because the client speaks JSON.", name);
    }
}
