using System.Text.Json.Serialization;

namespace Parley.Webhooks.Transformations;

/// <summary>What became of a webhook in its script: changed, cancelled or failed.</summary>
[JsonDerivedType(typeof(Changed), "changed")]
[JsonDerivedType(typeof(Cancelled), "cancelled")]
[JsonDerivedType(typeof(Failed), "failed")]
internal abstract record TransformationResult
{
    private TransformationResult()
    {
    }

    /// <summary>To be sent like this, which is as before where the script changed nothing.</summary>
    /// <param name="Url">Absolute, http or https; whether this server may go there is for the connection to decide.</param>
    /// <param name="Method">A token of HTTP.</param>
    /// <param name="Headers">Legal in HTTP, each name once in any case; whether a name is reserved is for the sender to decide.</param>
    /// <param name="Body">JSON, unless <paramref name="IsRawBody"/>. A payload that was not changed is here byte for byte.</param>
    /// <param name="IsRawBody">The script gave the body as text: the content type is that of its headers.</param>
    public sealed record Changed(
        string Url, string Method, IReadOnlyDictionary<string, string> Headers, ReadOnlyMemory<byte> Body, bool IsRawBody) : TransformationResult;

    /// <summary>The script returned null: nothing is to be sent.</summary>
    public sealed record Cancelled : TransformationResult;

    /// <summary>Nothing can be sent.</summary>
    /// <param name="Code">One of <see cref="TransformationErrors"/>.</param>
    /// <param name="Message">For the author of the script: one line of at most <see cref="MaxMessageLength"/> characters.</param>
    public sealed record Failed(string Code, string Message) : TransformationResult
    {
        /// <summary>The length at which messages, which may be the script's own, are cut.</summary>
        public const int MaxMessageLength = 500;

        /// <inheritdoc cref="Failed(string, string)"/>
        public string Message { get; } = OneLine.Of(Message, MaxMessageLength);
    }
}
