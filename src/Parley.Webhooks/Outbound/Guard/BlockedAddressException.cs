namespace Parley.Webhooks.Outbound.Guard;

/// <summary>A request would have gone where none may go.</summary>
internal sealed class BlockedAddressException(string message) : Exception(message);
