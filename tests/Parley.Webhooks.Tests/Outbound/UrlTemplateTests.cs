using System.Text;
using Parley.Webhooks.Deliveries;
using Parley.Webhooks.Outbound;
using Parley.Webhooks.Outbound.Guard;

namespace Parley.Webhooks.Tests.Outbound;

public sealed class UrlTemplateTests
{
    private static readonly AddressPolicy Public = new([], []);

    [Theory]
    [InlineData("https://example.com/orders/{payload.order.id}?t={eventType}", """{"order":{"id":"A-7_1.~"}}""", "https://example.com/orders/A-7_1.~?t=invoice.paid")]
    [InlineData("https://example.com/{payload.a}{payload.b}", """{"a":"x","b":1.50}""", "https://example.com/x1.50")]
    [InlineData("https://example.com/{payload.items.1.sku}", """{"items":[{},{"sku":true}]}""", "https://example.com/true")]
    [InlineData("https://example.com/a?q={payload.q}&r=1", """{"q":"a b&c=d#e/é+%"}""", "https://example.com/a?q=a%20b%26c%3Dd%23e%2F%C3%A9%2B%25&r=1")]
    [InlineData("https://example.com/{payload.q}", """{"q":"?x=1#y"}""", "https://example.com/%3Fx%3D1%23y")]
    [InlineData("https://example.com/{payload.q}/end", """{"q":"7/1"}""", "https://example.com/7%2F1/end")]
    [InlineData("https://example.com/{payload.q}", """{"q":"{payload.z}"}""", "https://example.com/%7Bpayload.z%7D")]
    [InlineData("https://example.com/v{payload.q}", """{"q":".."}""", "https://example.com/v..")]
    [InlineData("https://example.com/a?b={payload.q}", """{"q":"../../c"}""", "https://example.com/a?b=..%2F..%2Fc")]
    [InlineData("https://example.com/{uid}/{acceptedAt}", "{}", "https://example.com/u%201/2026-11-29T12%3A00%3A00Z")]
    public void A_message_fills_it(string template, string payload, string expected)
    {
        Assert.Null(UrlTemplate.Check(template, Public, httpsOnly: true));

        Assert.Equal(expected, Fill(template, payload).AbsoluteUri);
    }

    [Theory]
    [InlineData("https://example.com/{payload.q}", "{}")]
    [InlineData("https://example.com/{payload.q}", """{"q":""}""")]
    [InlineData("https://example.com/{payload.q}", """{"q":null}""")]
    [InlineData("https://example.com/{payload.q}", """{"q":{"a":1}}""")]
    [InlineData("https://example.com/{payload.q}", """{"q":["a"]}""")]
    [InlineData("https://example.com/{payload.q.1}", """{"q":["a"]}""")]
    [InlineData("https://example.com/{payload.q.a}", """{"q":"a"}""")]
    [InlineData("https://example.com/{payload.q}", """{"q":"\ud800"}""")]
    [InlineData("https://example.com/{payload.q}", """{"q":"a\u0000b"}""")]
    [InlineData("https://example.com/{payload.q}", """{"q":"a\r\nHost: b"}""")]
    [InlineData("https://example.com/a/{payload.q}", """{"q":".."}""")]
    [InlineData("https://example.com/a/{payload.q}/b", """{"q":"."}""")]
    [InlineData("https://example.com/a/.{payload.q}", """{"q":"."}""")]
    [InlineData("https://example.com/a/{payload.q}{payload.q}", """{"q":"."}""")]
    [InlineData("https://example.com/a/{payload.q}", """{"q":"../admin"}""")]
    [InlineData("https://example.com/a/{payload.q}", """{"q":"x/../../admin"}""")]
    [InlineData("https://example.com/a/{payload.q}", """{"q":"..\\admin"}""")]
    [InlineData("https://example.com/a/{payload.q}", """{"q":"%2e%2e%2fadmin"}""")]
    [InlineData("https://example.com/a/{payload.q}", """{"q":"%252e%252e/admin"}""")]
    [InlineData("https://example.com/a/{payload.q}?b", """{"q":".."}""")]
    public void What_it_cannot_be_filled_with_leads_nowhere(string template, string payload) =>
        Assert.Throws<UrlTemplateException>(() => Fill(template, payload));

    [Fact]
    public void A_value_and_the_whole_have_a_length()
    {
        Assert.Throws<UrlTemplateException>(() => Fill("https://example.com/{payload.q}", $$"""{"q":"{{new string('x', 513)}}"}"""));
        Assert.Throws<UrlTemplateException>(() => Fill("https://example.com/{payload.q}{payload.q}{payload.q}{payload.q}", $$"""{"q":"{{new string('x', 512)}}"}"""));
    }

    [Theory]
    [InlineData("https://{payload.host}/")]
    [InlineData("https://example.com{payload.q}/")]
    [InlineData("https://example.com:{payload.port}/")]
    [InlineData("https://{payload.user}@example.com/")]
    [InlineData("{payload.scheme}://example.com/")]
    [InlineData("{payload.url}")]
    [InlineData(@"https://example.com\{payload.q}/")]
    [InlineData("https://example.com/#{payload.q}")]
    [InlineData("https://example.com/{payload}")]
    [InlineData("https://example.com/{payload.}")]
    [InlineData("https://example.com/{payload..a}")]
    [InlineData("https://example.com/{payload.a b}")]
    [InlineData("https://example.com/{secret}")]
    [InlineData("https://example.com/{}")]
    [InlineData("https://example.com/{payload.a")]
    [InlineData("https://example.com/payload.a}")]
    [InlineData("https://example.com/{{payload.a}}")]
    [InlineData("http://example.com/{id}")]
    [InlineData("https://10.0.0.1/{id}")]
    [InlineData("https://localhost/{id}")]
    [InlineData("https://example.com/{id}{id}{id}{id}{id}{id}{id}{id}{id}{id}{id}{id}{id}{id}{id}{id}{id}")]
    public void What_is_wrong_with_one_is_said_when_it_is_written(string template) =>
        Assert.NotNull(UrlTemplate.Check(template, Public, httpsOnly: true));

    [Fact]
    public void Whatever_a_message_says_it_leads_to_the_same_host()
    {
        string[] evil = ["@evil.example", "//evil.example/", @"\\evil.example\", ":99999", "?@evil.example", "#@evil.example", "evil.example:80@", "\u3002\u2025"];
        foreach (var value in evil)
        {
            foreach (var template in new[] { "https://example.com/{payload.q}", "https://example.com?{payload.q}", "https://example.com//{payload.q}" })
            {
                var url = Fill(template, System.Text.Json.JsonSerializer.Serialize(new Dictionary<string, string> { ["q"] = value }));
                Assert.Equal(("https", "example.com", 443, ""), (url.Scheme, url.Host, url.Port, url.UserInfo));
            }
        }
    }

    private static Uri Fill(string template, string payload) => UrlTemplate.Fill(
        template,
        new Message
        {
            Id = Guid.CreateVersion7(),
            Application = Guid.CreateVersion7(),
            Uid = "u 1",
            EventType = "invoice.paid",
            Payload = Encoding.UTF8.GetBytes(payload),
            AcceptedAt = new DateTimeOffset(2026, 11, 29, 12, 0, 0, TimeSpan.Zero),
        },
        Public,
        httpsOnly: true);
}
