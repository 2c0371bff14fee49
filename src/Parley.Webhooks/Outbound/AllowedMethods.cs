namespace Parley.Webhooks.Outbound;

/// <summary>The methods that a webhook can be sent with, whoever says so: those that mean a tunnel or an echo are no business of an endpoint's.</summary>
internal static class AllowedMethods
{
    private static readonly string[] Names = ["POST", "PUT", "PATCH", "DELETE", "GET"];

    public static string All { get; } = string.Join(", ", Names);

    public static bool Contain(string name) => Names.Contains(name);
}
