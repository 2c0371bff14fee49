using Parley.AspNetCore.Authentication;

namespace Parley.Server.DevPage;

/// <summary>What the page needs of the server.</summary>
/// <param name="Version">Version of the server.</param>
/// <param name="ApiKey">A key of the HTTP API for the page to show; null when the API is open.</param>
/// <param name="Tokens">Makes tokens for whatever user the page names.</param>
internal sealed record DevPageContext(string Version, string? ApiKey, TokenIssuer Tokens);
