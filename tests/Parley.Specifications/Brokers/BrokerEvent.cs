using System.Text;
using Parley.Brokers;

namespace Parley.Specifications.Brokers;

/// <summary>One call of <see cref="IBrokerEvents"/>.</summary>
/// <param name="Publication">Set when it was a publication.</param>
/// <param name="Joined">Set when it was a join.</param>
/// <param name="Left">Set when it was a leave.</param>
public sealed record BrokerEvent(Publication? Publication, ClientInfo? Joined = null, ClientInfo? Left = null)
{
    /// <summary>The payload as text, <c>+client</c> for a join, <c>-client</c> for a leave.</summary>
    public override string ToString() =>
        Publication is not null ? Encoding.UTF8.GetString(Publication.Data.Span)
        : Joined is not null ? "+" + Joined.Client
        : "-" + Left?.Client;
}
