using Microsoft.Extensions.Time.Testing;

namespace Parley.Webhooks.Verification.Tests;

internal static class Clock
{
    public static FakeTimeProvider At(long unixSeconds) => new(DateTimeOffset.FromUnixTimeSeconds(unixSeconds));
}
