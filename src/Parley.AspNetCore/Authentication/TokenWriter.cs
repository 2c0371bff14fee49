using System.Buffers;
using System.Buffers.Text;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Parley.Protocol.Centrifuge;

namespace Parley.AspNetCore.Authentication;

/// <summary>Writes the claims of one token, and signs them.</summary>
internal sealed class TokenWriter
{
    private static readonly TimeSpan LongestLifetime = TimeSpan.FromDays(36_500);

    private static readonly string Header =
        Base64Url.EncodeToString(Encoding.UTF8.GetBytes($$"""{"alg":"{{HmacKey.IssuingAlgorithm}}","typ":"JWT"}"""));

    // A token is no HTML, and the relaxed encoder keeps names readable and short.
    private static readonly JsonWriterOptions WriterOptions = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private readonly ArrayBufferWriter<byte> _payload = new();
    private readonly Utf8JsonWriter _json;
    private readonly TokenOptions _options;
    private readonly DateTimeOffset _now;

    public TokenWriter(TokenOptions options, DateTimeOffset now)
    {
        _options = options;
        _now = now;
        _json = new Utf8JsonWriter(_payload, WriterOptions);
        _json.WriteStartObject();
    }

    public void WriteSubject(string user, TimeSpan lifetime)
    {
        _json.WriteString("sub", user);
        if (_options.Issuer is { } issuer)
            _json.WriteString("iss", issuer);
        if (_options.Audience is { } audience)
            _json.WriteString("aud", audience);
        _json.WriteNumber("iat", _now.ToUnixTimeSeconds());
        if (lifetime != Timeout.InfiniteTimeSpan)
            _json.WriteNumber("exp", End(lifetime, nameof(lifetime)));
    }

    public void WriteConnection(ConnectionTokenOptions options)
    {
        if (options.ConnectionLifetime is { } lifetime)
            _json.WriteNumber("expire_at", lifetime == Timeout.InfiniteTimeSpan ? 0 : End(lifetime, nameof(options)));
        WritePayload("info", "b64info", options.Info);
        if (!options.Meta.IsEmpty)
        {
            if (!JsonPayload.IsValid(options.Meta.Span))
                throw new ArgumentException("Meta is not one JSON value.", nameof(options));
            WriteJson("meta", options.Meta.Span);
        }

        if (options.Channels.Count > 0)
        {
            _json.WriteStartArray("channels");
            foreach (var channel in options.Channels)
                _json.WriteStringValue(channel);
            _json.WriteEndArray();
        }

        if (options.Subscriptions.Count > 0)
        {
            _json.WriteStartObject("subs");
            foreach (var (channel, subscription) in options.Subscriptions)
            {
                if (subscription.ExpireAt is not null)
                    throw new ArgumentException($"Channel {channel}: a subscription in a connection token has no end of its own.", nameof(options));
                _json.WriteStartObject(channel);
                WriteGrant(subscription);
                _json.WriteEndObject();
            }

            _json.WriteEndObject();
        }
    }

    public void WriteSubscription(string channel, ServerSubscribeOptions? options)
    {
        _json.WriteString("channel", channel);
        if (options is null)
            return;
        if (options.ExpireAt is { } expireAt)
            _json.WriteNumber("expire_at", expireAt.ToUnixTimeSeconds());
        WriteGrant(options);
    }

    public string Sign(HmacKey? key)
    {
        if (key is null || !key.Allows(HmacKey.IssuingAlgorithm))
            throw new InvalidOperationException("Tokens need a secret of at least 32 bytes: set HmacSecret of the token options.");
        _json.WriteEndObject();
        _json.Flush();
        var content = Header + "." + Base64Url.EncodeToString(_payload.WrittenSpan);
        var token = content + "." + Base64Url.EncodeToString(key.Sign(Encoding.ASCII.GetBytes(content)));
        return token.Length <= CompactToken.MaxLength
            ? token
            : throw new ArgumentException($"The token is {token.Length} characters long; the server takes {CompactToken.MaxLength}. Put less into it.");
    }

    private void WriteGrant(ServerSubscribeOptions options)
    {
        if (options.RecoverSince is not null)
            throw new ArgumentException("A token cannot say a position to recover from.", nameof(options));
        WritePayload("info", "b64info", options.Info);
        WritePayload("data", "b64data", options.Data);
        (string Name, bool? Value)[] overrides =
        [
            ("presence", options.Presence), ("join_leave", options.JoinLeave), ("force_push_join_leave", options.ForcePushJoinLeave),
            ("force_positioning", options.ForcePositioning), ("force_recovery", options.ForceRecovery),
        ];
        if (overrides.All(item => item.Value is null))
            return;
        _json.WriteStartObject("override");
        foreach (var (name, value) in overrides)
        {
            if (value is not { } flag)
                continue;
            _json.WriteStartObject(name);
            _json.WriteBoolean("value", flag);
            _json.WriteEndObject();
        }

        _json.WriteEndObject();
    }

    private void WritePayload(string name, string base64Name, ReadOnlyMemory<byte> payload)
    {
        if (payload.IsEmpty)
            return;
        if (JsonPayload.IsValid(payload.Span))
            WriteJson(name, payload.Span);
        else
            _json.WriteBase64String(base64Name, payload.Span);
    }

    private void WriteJson(string name, ReadOnlySpan<byte> json)
    {
        _json.WritePropertyName(name);
        _json.WriteRawValue(json, skipInputValidation: true);
    }

    private long End(TimeSpan lifetime, string parameter)
    {
        if (lifetime <= TimeSpan.Zero || lifetime > LongestLifetime)
            throw new ArgumentException($"A lifetime of {lifetime} is not possible: above zero to 100 years, or Timeout.InfiniteTimeSpan.", parameter);
        // Rounded up: a lifetime under a second would be over at once.
        return (_now + lifetime).ToUnixTimeMilliseconds() is var end && end % 1000 > 0 ? (end / 1000) + 1 : end / 1000;
    }
}
