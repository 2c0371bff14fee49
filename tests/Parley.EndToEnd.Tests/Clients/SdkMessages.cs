using System.Text.Json;

namespace Parley.EndToEnd.Tests.Clients;

/// <summary>Why a client connects or is disconnected, or a subscription begins or ends.</summary>
internal sealed record SdkReason(int Code, string Reason);

/// <summary>What went wrong without ending anything.</summary>
internal sealed record SdkError(string Type, SdkErrorDetail Error);

internal sealed record SdkErrorDetail(int Code, string Message);

internal sealed record SdkConnected(string Client, string Transport);

internal sealed record SdkPosition(ulong Offset, string Epoch);

internal sealed record SdkSubscribed(
    string Channel, bool Recoverable, bool Positioned, SdkPosition? StreamPosition, bool WasRecovering, bool Recovered, JsonElement? Data);

internal sealed record SdkClientInfo(string Client, string User = "", JsonElement? ConnInfo = null, JsonElement? ChanInfo = null);

internal sealed record SdkPublication(
    string Channel, JsonElement Data, SdkClientInfo? Info, ulong? Offset, Dictionary<string, string>? Tags);

internal sealed record SdkMember(string Channel, SdkClientInfo Info);

internal sealed record SdkChannel(string Channel);

internal sealed record SdkHistory(IReadOnlyList<SdkPublication> Publications, ulong Offset, string Epoch);

internal sealed record SdkPresence(Dictionary<string, SdkClientInfo> Clients);

internal sealed record SdkPresenceStats(int NumClients, int NumUsers);
