using System.Text;
using Parley.Sessions;

namespace Parley.Tests.Engine;

/// <summary>A wire format that can be read in an assertion: <c>pub news 3 "hello"</c>.</summary>
internal sealed class TextFormat : WireFormat
{
    public static readonly TextFormat Instance = new();

    public override string Name => "text";

    /// <summary>How often a publication was encoded.</summary>
    public int PublicationsEncoded { get; private set; }

    public static Frame Frame(string text) => new(Encoding.UTF8.GetBytes(text));

    public override Frame? Publication(string channel, Publication publication)
    {
        PublicationsEncoded++;
        var data = Encoding.UTF8.GetString(publication.Data.Span);
        return data == "\"unsayable\"" ? null : Frame($"pub {channel} {publication.Offset} {data}");
    }

    public override Frame Join(string channel, ClientInfo info) => Frame($"join {channel} {info.User}");

    public override Frame Leave(string channel, ClientInfo info) => Frame($"leave {channel} {info.User}");

    public override Frame Unsubscribe(string channel, UnsubscribeReason reason) => Frame($"unsubscribe {channel} {reason.Code}");

    public override Frame Subscribe(string channel, SubscribeResult result) => Frame($"subscribe {channel} {result.Position.Offset}");

    public override Frame Refresh(bool expires, uint ttl) => Frame($"refresh {expires} {ttl}");
}
