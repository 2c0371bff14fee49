using System.Security.Cryptography;
using System.Text;
using Parley.Webhooks.Tests.Support;

namespace Parley.Webhooks.Tests.Api;

/// <summary>Receivers go on verifying what they verified before their sender moved here.</summary>
public sealed class DeclaredSignatureTests(ApiHost host) : IClassFixture<ApiHost>
{
    private const string Secret = "It's a secret";

    [Theory]
    [InlineData("svix-signature", "svix-id", @"{id}.{timestamp}.{body}")]
    [InlineData("Webhook-Signature", "Webhook-Delivery", @"{method}\n{id}\n{timestamp}\n{body}")]
    public async Task A_signature_may_have_the_names_of_others_and_sign_several_lines(string header, string further, string content)
    {
        await using var receiver = await Receiver.StartAsync();
        var endpoint = await host.NewEndpointAsync(receiver.Url, $$"""
            "signature":{"style":"scheme","header":"{{header}}","content":"{{content}}","headers":{"{{further}}":"{id}"} },"secret":"{{Secret}}"
            """);

        await host.CallAsync("POST", $"{string.Join('/', endpoint.Split('/').Take(2))}/messages", """{"eventType":"order.created","payload":{"a":1}}""");

        var request = await receiver.NextAsync();
        var signed = content.Replace(@"\n", "\n", StringComparison.Ordinal).Replace("{method}", "POST", StringComparison.Ordinal)
            .Replace("{id}", request.Id, StringComparison.Ordinal).Replace("{timestamp}", request.Headers["webhook-timestamp"], StringComparison.Ordinal)
            .Replace("{body}", """{"a":1}""", StringComparison.Ordinal);
        var expected = Convert.ToHexStringLower(HMACSHA256.HashData(Encoding.UTF8.GetBytes(Secret), Encoding.UTF8.GetBytes(signed)));
        Assert.Equal((expected, request.Id), (request.Headers[header], request.Headers[further]));
    }
}
