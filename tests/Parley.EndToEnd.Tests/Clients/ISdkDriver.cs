using System.Text.Json;
using System.Text.Json.Nodes;

namespace Parley.EndToEnd.Tests.Clients;

/// <summary>Does with a client library what the scenarios order.</summary>
internal interface ISdkDriver
{
    /// <summary>Has the library do something.</summary>
    /// <param name="order">As <c>publish</c>.</param>
    /// <param name="parameters">The driver may add to them.</param>
    /// <exception cref="SdkException">The library says no.</exception>
    Task<JsonElement> OrderAsync(string order, JsonObject parameters);
}
