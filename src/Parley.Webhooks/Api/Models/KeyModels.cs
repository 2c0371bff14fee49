namespace Parley.Webhooks.Api.Models;

/// <summary>A key to be made for an application.</summary>
internal sealed record KeyBody
{
    public string? Name { get; init; }
}

/// <summary>A key as it is shown: without itself.</summary>
internal sealed record KeyView(string Id, string Name, DateTimeOffset CreatedAt);

/// <summary>A key that was just made, shown once.</summary>
internal sealed record NewKeyView(string Id, string Name, DateTimeOffset CreatedAt, string Key);
